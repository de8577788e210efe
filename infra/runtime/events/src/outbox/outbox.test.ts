import { createIdGenerator } from '@tintype/ids';
import type { PostEvents } from '@tintype/schema/events/post';
import { expectTypeOf, test } from 'vitest';
import type { NewEvent, OwnerOf } from '#event.ts';
import { createOutbox, type Outbox } from './outbox.ts';

type Failed = NewEvent<PostEvents, 'tintype.post.post.failed.v1'>;

const type = 'tintype.post.post.failed.v1';
const subject = '7';
const data = { postId: '7', authorId: '8', reason: 'The photo cannot be read.' };

test('an event has the data of its type', () => {
  expectTypeOf({ type, subject, data } as const).toExtend<Failed>();
  expectTypeOf<Failed>().toExtend<NewEvent<PostEvents>>();
  expectTypeOf({ type: 'tintype.post.post.faild.v1', subject, data } as const).not.toExtend<NewEvent<PostEvents>>();
  expectTypeOf({ type: type as string, subject, data }).not.toExtend<NewEvent<PostEvents>>();
  expectTypeOf({ type, subject, data: { postId: '7', authorId: '8' } } as const).not.toExtend<NewEvent<PostEvents>>();
  expectTypeOf({ type, subject, data: { ...data, postId: 7n } } as const).not.toExtend<NewEvent<PostEvents>>();
  expectTypeOf({ type, data } as const).not.toExtend<NewEvent<PostEvents>>();
});

test('an outbox has the events of one owner', () => {
  const ids = createIdGenerator({ workerId: 1 });
  expectTypeOf(createOutbox<PostEvents>({ owner: 'post', ids })).toEqualTypeOf<Outbox<PostEvents>>();
  expectTypeOf<OwnerOf<PostEvents>>().toEqualTypeOf<'post'>();
  // @ts-expect-error: the events are of another owner
  createOutbox<PostEvents>({ owner: 'user', ids });
});
