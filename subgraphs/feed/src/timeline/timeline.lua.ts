import { createHash } from 'node:crypto';
import { PULL_PREFIX, TAG_PREFIX } from './timeline.keys.ts';
import { POST_ID_DIGITS } from './timeline.model.ts';

/**
 * Timelines in Redis. A timeline is one sorted set, so that either all of it exists or nothing:
 * - `building`, with the score -(microseconds of its start): pushes reach the timeline, but readers cannot read it yet.
 *   The score is the token of the builder.
 * - `complete`: with score 0, the timeline contains everything. With score 0.5, it was cut.
 * - `pull:<author>` and `tag:<key>`, with score -1: celebrities and hashtags that the reader follows. Their timelines
 *   are merged in on reads.
 * - posts, with their publication time in milliseconds.
 *
 * Entries are added only to timelines that exist. A timeline that was cut always has at least as many entries as are
 * shown. If deletions leave fewer, it is deleted, because the entries that were cut off are missing. No entries are
 * added below its oldest entry, because there would be gaps.
 *
 * The functions use several keys in one call. A single Redis allows this, but a cluster does not: there, calls have to
 * be grouped by slot.
 */
const FUNCTIONS = `
local function markers(key) return redis.call('ZCOUNT', key, '-inf', '0.5') end

local function was_cut(key)
  local complete = redis.call('ZSCORE', key, 'complete')
  return complete and tonumber(complete) > 0
end

local function is_below(score, member, other_score, other_member)
  return score < other_score or (score == other_score and member < other_member)
end

-- Score and member of the oldest entry of a timeline that was cut. Nil for every other timeline.
local function edge(key)
  if not was_cut(key) then return nil end
  local first = markers(key)
  local last = redis.call('ZRANGE', key, first, first, 'WITHSCORES')
  if not last[1] then return nil end
  return tonumber(last[2]), last[1]
end

local function cut(key, kept, cut_at)
  if not redis.call('ZSCORE', key, 'complete') then return end
  local first = markers(key)
  if redis.call('ZCARD', key) - first <= cut_at then return end
  redis.call('ZREMRANGEBYRANK', key, first, -(kept + 1))
  redis.call('ZADD', key, 'XX', 0.5, 'complete')
end

local function cut_below(key, score, member)
  redis.call('ZREMRANGEBYSCORE', key, '(0.5', '(' .. score)
  for _, tie in ipairs(redis.call('ZRANGEBYSCORE', key, score, score)) do
    if tie < member then redis.call('ZREM', key, tie) end
  end
  redis.call('ZADD', key, 'XX', 0.5, 'complete')
end

local function delete_if_short(key, shown)
  if was_cut(key) and redis.call('ZCARD', key) - markers(key) < shown then redis.call('DEL', key) end
end

-- KEYS: timelines. ARGV: member, score, shown, kept, cutAt. Returns to how many timelines the entry was added.
register('push', function(keys, args)
  local member, score, shown = args[1], tonumber(args[2]), tonumber(args[3])
  local kept, cut_at = tonumber(args[4]), tonumber(args[5])
  local inserted = 0
  for i = 1, #keys do
    local key = keys[i]
    local size = redis.call('ZCARD', key)
    if size > 0 then
      local edge_score, edge_member
      if size > shown then edge_score, edge_member = edge(key) end
      if not (edge_score and is_below(score, member, edge_score, edge_member)) then
        inserted = inserted + redis.call('ZADD', key, 'NX', args[2], member)
        if size >= cut_at then cut(key, kept, cut_at) end
      end
    end
  end
  return inserted
end)

-- KEYS: timelines. ARGV: shown, members. Returns the number of removed entries.
register('remove', function(keys, args)
  local removed = 0
  for i = 1, #keys do
    local count = redis.call('ZREM', keys[i], unpack(args, 2))
    if count > 0 then delete_if_short(keys[i], tonumber(args[1])) end
    removed = removed + count
  end
  return removed
end)

-- KEYS: timelines. ARGV: a pull. Adds it to the timelines that exist.
register('pull', function(keys, args)
  for i = 1, #keys do
    if redis.call('EXISTS', keys[i]) == 1 then redis.call('ZADD', keys[i], 'NX', -1, args[1]) end
  end
  return 1
end)

-- KEYS: a timeline. ARGV: kept, cutAt, '1' if the author has more posts, then score and member of the author's newest posts in order.
register('fill', function(keys, args)
  local key, kept, cut_at = keys[1], tonumber(args[1]), tonumber(args[2])
  if redis.call('ZCARD', key) == 0 then return 0 end
  local edge_score, edge_member = edge(key)
  local inserted = 0
  for i = 4, #args, 2 do
    if not (edge_score and is_below(tonumber(args[i]), args[i + 1], edge_score, edge_member)) then
      inserted = inserted + redis.call('ZADD', key, 'NX', args[i], args[i + 1])
    end
  end
  if args[3] == '1' and redis.call('ZSCORE', key, 'complete') then
    local oldest, score = args[#args], args[#args - 1]
    if not (edge_score and is_below(tonumber(score), oldest, edge_score, edge_member)) then cut_below(key, score, oldest) end
  end
  cut(key, kept, cut_at)
  return inserted
end)

-- KEYS: a timeline. ARGV: microseconds for a builder, time to live in seconds. Returns a token, or why there is nothing to build.
register('begin', function(keys, args)
  local key = keys[1]
  if redis.call('ZSCORE', key, 'complete') then return 'complete' end
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
  local building = redis.call('ZSCORE', key, 'building')
  if building and now + tonumber(building) < tonumber(args[1]) then return 'busy' end
  local token = string.format('%.0f', -now)
  redis.call('DEL', key)
  redis.call('ZADD', key, token, 'building')
  redis.call('EXPIRE', key, args[2])
  return token
end)

local function is_held(key, token)
  local building = redis.call('ZSCORE', key, 'building')
  return building and tonumber(building) == tonumber(token)
end

-- KEYS: an unfinished timeline. ARGV: token, number of members to remove, these members, then score and member of each entry to add.
register('put', function(keys, args)
  local key, back = keys[1], tonumber(args[2])
  if not is_held(key, args[1]) then return 0 end
  for i = 3, 2 + back do redis.call('ZREM', key, args[i]) end
  for i = 3 + back, #args, 2 do redis.call('ZADD', key, 'NX', args[i], args[i + 1]) end
  return 1
end)

-- KEYS: an unfinished timeline. ARGV: token, time to live in seconds, shown, kept, cutAt, and score and member of the oldest entry if
-- there are older posts.
register('complete', function(keys, args)
  local key = keys[1]
  if not is_held(key, args[1]) then return 0 end
  redis.call('ZREM', key, 'building')
  redis.call('ZADD', key, 0, 'complete')
  redis.call('EXPIRE', key, args[2])
  if args[6] then cut_below(key, args[6], args[7]) end
  cut(key, tonumber(args[4]), tonumber(args[5]))
  delete_if_short(key, tonumber(args[3]))
  return 1
end)

-- Score and member of the entry at this position from the newest. Nil if there are fewer.
local function at_depth(key, depth)
  local entry = redis.call('ZREVRANGE', key, depth - 1, depth - 1, 'WITHSCORES')
  if entry[1] and tonumber(entry[2]) > 0.5 then return tonumber(entry[2]), entry[1] end
  return nil
end

local function is_same_post(one, other)
  return string.sub(one, 1, ${POST_ID_DIGITS}) == string.sub(other, 1, ${POST_ID_DIGITS})
end

-- Merges the entries of a timeline after a position into a page of up to count entries, both newest first. Entries older than the end of
-- a full page are not read, so most of many celebrities cost almost nothing. Of a hashtag's timeline, only the newest entries up to a
-- depth count.
local function merge(page, key, score, member, count, tag, depth)
  local end_score, end_member
  if tag then end_score, end_member = at_depth(key, depth) end
  local floor = #page == count and page[count][2] or '(0.5'
  local newest, ties = '+inf', 0
  if score ~= '' then newest, ties = score, redis.call('ZCOUNT', key, score, score) end
  local rows = redis.call('ZREVRANGEBYSCORE', key, newest, floor, 'WITHSCORES', 'LIMIT', 0, count + ties)
  if #rows == 0 then return page end
  local merged, at = {}, 1
  for i = 1, #rows, 2 do
    local row, row_score = rows[i], rows[i + 1]
    if end_score and is_below(tonumber(row_score), row, end_score, end_member) then break end
    if not (row_score == score and row >= member) then
      while page[at] and is_below(tonumber(row_score), row, tonumber(page[at][2]), page[at][1]) do
        merged[#merged + 1] = page[at]
        at = at + 1
      end
      -- Skips posts that are on the page already: pushed before the author became a celebrity, or from another timeline.
      if not (page[at] and is_same_post(page[at][1], row)) then merged[#merged + 1] = { row, row_score, tag } end
    end
    if #merged >= count then break end
  end
  while #merged < count and page[at] do
    merged[#merged + 1] = page[at]
    at = at + 1
  end
  for i = #merged, count + 1, -1 do merged[i] = nil end
  return merged
end

-- KEYS: a home timeline. ARGV: prefixes of the keys of authors and of hashtags, time to live in seconds, score and member after which to
-- start ('' for the beginning), count, and how many of the newest entries of a hashtag count.
-- Returns {'missing'}, {'lost', pulls without a timeline}, or {'page', member, score, …}. The key of a hashtag is appended to its members.
register('read', function(keys, args)
  local home, score, member, count, depth = keys[1], args[4], args[5], tonumber(args[6]), tonumber(args[7])
  if not redis.call('ZSCORE', home, 'complete') then return { 'missing' } end
  local authors, tags, lost = {}, {}, { 'lost' }
  for _, pull in ipairs(redis.call('ZRANGEBYSCORE', home, -1, -1)) do
    local key
    if string.sub(pull, 1, #'${TAG_PREFIX}') == '${TAG_PREFIX}' then
      local tag = string.sub(pull, #'${TAG_PREFIX}' + 1)
      key = args[2] .. '{' .. tag .. '}'
      tags[#tags + 1] = { key, tag }
    else
      key = args[1] .. '{' .. string.sub(pull, #'${PULL_PREFIX}' + 1) .. '}'
      authors[#authors + 1] = key
    end
    if not redis.call('ZSCORE', key, 'complete') then lost[#lost + 1] = pull end
  end
  if #lost > 1 then return lost end
  local page = merge({}, home, score, member, count)
  for _, key in ipairs(authors) do page = merge(page, key, score, member, count) end
  for _, tag in ipairs(tags) do page = merge(page, tag[1], score, member, count, tag[2], depth) end
  redis.call('EXPIRE', home, args[3])
  local result = { 'page' }
  for _, entry in ipairs(page) do
    result[#result + 1] = entry[3] and entry[1] .. '#' .. entry[3] or entry[1]
    result[#result + 1] = entry[2]
  end
  return result
end)
`;

/** The name contains a hash of the functions, so that processes of two releases can each use their own. */
export const LIBRARY = `tintype_feed_${createHash('sha256').update(FUNCTIONS).digest('hex').slice(0, 12)}`;

export const SOURCE = `#!lua name=${LIBRARY}
local function register(name, body) redis.register_function('${LIBRARY}_' .. name, body) end
${FUNCTIONS}`;
