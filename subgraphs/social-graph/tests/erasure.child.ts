/** A process that the test kills: the erasure worker of social-graph with pages of five people. */
import { createErasureConsumer, createOutbox } from '@tintype/events';
import { openResources, readConfig } from '@tintype/service';
import { createErasureSteps } from '../src/erasure/erasure.service.ts';
import { createPublisher } from '../src/follow/follow.publisher.ts';

const resources = await openResources(readConfig(process.env), 'erasure-child');
const { database, ids, log } = resources;
const bus = await resources.connectEvents();
const publisher = createPublisher(createOutbox({ owner: 'social-graph', ids }));
const steps = createErasureSteps({ pool: database.pool, publisher });
await createErasureConsumer({ bus, owner: 'social-graph', steps, pageSize: 5, ackWaitMs: 500, log }).start();
