/**
 * Timelines in Redis. A timeline is a sorted set of post ids by milliseconds, with a marker: the member `complete`, of score 0
 * where it holds everything there is and of score 0.5 where it was cut; a timeline without it is being built, or was lost.
 * Entries are put only into timelines that exist, and below the end of one that was cut only holes could follow, so nothing is
 * put there.
 *
 * The functions touch several keys in one call, which one Redis allows and a cluster does not: there, calls are to be grouped by
 * slot.
 */
export const LIBRARY = 'tintype_feed_v1';

export const SOURCE = `#!lua name=${LIBRARY}

local function below_cut(key, score, member)
  local marker = redis.call('ZSCORE', key, 'complete')
  if not marker or tonumber(marker) == 0 then return false end
  local last = redis.call('ZRANGE', key, 1, 1, 'WITHSCORES')
  if not last[1] then return false end
  local last_score = tonumber(last[2])
  return score < last_score or (score == last_score and member < last[1])
end

local function cut(key, kept)
  redis.call('ZREMRANGEBYRANK', key, 1, -(kept + 1))
  redis.call('ZADD', key, 'XX', 0.5, 'complete')
end

-- KEYS: timelines. ARGV: member, score, length that is shown, kept, cut at. Number of timelines that have it now and had not.
redis.register_function('${LIBRARY}_push', function(keys, args)
  local member, score, shown = args[1], tonumber(args[2]), tonumber(args[3])
  local kept, cut_at = tonumber(args[4]), tonumber(args[5])
  local inserted = 0
  for i = 1, #keys do
    local key = keys[i]
    local size = redis.call('ZCARD', key)
    if size > 0 and not (size > shown and below_cut(key, score, member)) then
      inserted = inserted + redis.call('ZADD', key, 'NX', score, member)
      if size >= cut_at then cut(key, kept) end
    end
  end
  return inserted
end)

-- KEYS: timelines. ARGV: members. Number of entries removed.
redis.register_function('${LIBRARY}_remove', function(keys, args)
  local removed = 0
  for i = 1, #keys do
    if #args > 0 then removed = removed + redis.call('ZREM', keys[i], unpack(args)) end
  end
  return removed
end)

-- KEYS: a timeline that exists. ARGV: kept, cut at, then score and member of each entry.
redis.register_function('${LIBRARY}_fill', function(keys, args)
  local key, kept, cut_at = keys[1], tonumber(args[1]), tonumber(args[2])
  if redis.call('ZCARD', key) == 0 then return 0 end
  local inserted = 0
  for i = 3, #args, 2 do
    if not below_cut(key, tonumber(args[i]), args[i + 1]) then
      inserted = inserted + redis.call('ZADD', key, 'NX', args[i], args[i + 1])
    end
  end
  if redis.call('ZCARD', key) > cut_at then cut(key, kept) end
  return inserted
end)

-- KEYS: a timeline. ARGV: seconds to live. From now on pushes reach it; it is not complete.
redis.register_function('${LIBRARY}_begin', function(keys, args)
  redis.call('ZREM', keys[1], 'complete')
  redis.call('ZADD', keys[1], 0, 'building')
  redis.call('EXPIRE', keys[1], args[1])
  return 1
end)

-- KEYS: a timeline that was begun. ARGV: seconds to live, marker, then score and member of each entry. 0 where it was lost.
redis.register_function('${LIBRARY}_complete', function(keys, args)
  local key = keys[1]
  if redis.call('ZCARD', key) == 0 then return 0 end
  for i = 3, #args, 2 do redis.call('ZADD', key, 'NX', args[i], args[i + 1]) end
  redis.call('ZADD', key, args[2], 'complete')
  redis.call('ZREM', key, 'building')
  redis.call('EXPIRE', key, args[1])
  return 1
end)

-- KEYS: home, pulls. ARGV: authors. Only where the home timeline exists, so that no set is left without a reader.
redis.register_function('${LIBRARY}_pull', function(keys, args)
  if redis.call('EXISTS', keys[1]) == 0 then return 0 end
  local added = redis.call('SADD', keys[2], unpack(args))
  redis.call('EXPIRE', keys[2], redis.call('TTL', keys[1]))
  return added
end)

local function collect(found, key, score, member, count)
  local newest = score == '' and '+inf' or score
  local ties = score == '' and 0 or redis.call('ZCOUNT', key, score, score)
  local rows = redis.call('ZREVRANGEBYSCORE', key, newest, '(0.5', 'WITHSCORES', 'LIMIT', 0, count + ties)
  for i = 1, #rows, 2 do
    if not (rows[i + 1] == score and rows[i] >= member) then found[rows[i]] = rows[i + 1] end
  end
end

-- KEYS: home, pulls. ARGV: prefix of authors' keys, seconds to live, score and member to go on after ('' for the start), count,
-- length that is shown. {'missing'}, {'authors', ids of celebrities without a timeline}, or {'page', member, score, …}.
redis.register_function('${LIBRARY}_read', function(keys, args)
  local home, pulls, prefix, ttl = keys[1], keys[2], args[1], args[2]
  local score, member, count, shown = args[3], args[4], tonumber(args[5]), tonumber(args[6])
  local marker = redis.call('ZSCORE', home, 'complete')
  if not marker then return { 'missing' } end
  if tonumber(marker) > 0 and redis.call('ZCARD', home) <= shown then return { 'missing' } end
  local found, lost = {}, { 'authors' }
  for _, author in ipairs(redis.call('SMEMBERS', pulls)) do
    local key = prefix .. '{' .. author .. '}'
    if redis.call('ZSCORE', key, 'complete') then collect(found, key, score, member, count)
    else lost[#lost + 1] = author end
  end
  if #lost > 1 then return lost end
  collect(found, home, score, member, count)
  redis.call('EXPIRE', home, ttl)
  redis.call('EXPIRE', pulls, ttl)
  local members = {}
  for one in pairs(found) do members[#members + 1] = one end
  table.sort(members, function(a, b)
    if found[a] == found[b] then return a > b end
    return tonumber(found[a]) > tonumber(found[b])
  end)
  local page = { 'page' }
  for i = 1, math.min(count, #members) do
    page[#page + 1] = members[i]
    page[#page + 1] = found[members[i]]
  end
  return page
end)
`;
