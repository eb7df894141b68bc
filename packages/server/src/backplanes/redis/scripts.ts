import { createHash } from 'node:crypto'

import { idempotencyMs } from '../recent-keys.ts'

/** What is kept of each channel. */
export interface RedisHistory {
  /** Events. */
  readonly size: number
  /** Bytes of JSON. */
  readonly bytes: number
  /** Milliseconds after the last publish. */
  readonly ttlMs: number
  /** Milliseconds that epoch and last offset are kept after the last use, so that clients can resume an idle channel. */
  readonly positionTtlMs: number
}

export interface Script {
  readonly text: string
  readonly sha: string
}

export interface Scripts {
  /** KEYS meta log [once]; ARGV run witness json. Answers `offset:epoch`, or `completed`. */
  readonly publish: Script
  /** KEYS meta log; ARGV run witness. Answers `offset:epoch`. */
  readonly complete: Script
  /** KEYS meta log; ARGV run witness after limit. Answers epoch, top, completed, oldest, entries. */
  readonly read: Script
  /** KEYS meta log; ARGV run witness epoch. Ends the life of that epoch if it still is; of any where empty. */
  readonly renew: Script
}

/**
 * The scripts, each atomic. A channel's hash holds e: epoch, n: last offset, c: completed, b: bytes published, k: bytes
 * published before the oldest event (a lower bound), r: the run of the Redis process, f: the last offset when that run
 * began. An entry of its stream has the id `offset-epoch`, so that hash and stream can be rebuilt from each other.
 *
 * `run` names the Redis process behind a `+` where it keeps an append-only file, else a `-`; behind that it is empty
 * where it is unknown.
 * `witness` is `epoch:offset:run` of the last event that the caller has seen, or empty; with a `!` behind the offset where
 * the channel had ended there. A Redis that came back without its last seconds would give their offsets to other events,
 * which nobody could tell from the lost ones. Where a witness saw more than Redis knows, or where nobody can vouch for
 * what Redis loaded, another epoch begins. If it is only the end that Redis has lost, the channel ends there again.
 */
export function createScripts({ size, bytes, ttlMs, positionTtlMs }: RedisHistory): Scripts {
  const limits = `local size, bytes, ttl, positionTtl = ${size}, ${bytes}, ${ttlMs}, ${positionTtlMs}\n`
  const make = (body: string): Script => {
    const text = limits + prelude + body
    return { text, sha: createHash('sha1').update(text).digest('hex') }
  }
  return { publish: make(publishBody), complete: make(completeBody), read: make(readBody), renew: make(renewBody) }
}

const prelude = `
local meta, log, run = KEYS[1], KEYS[2], string.sub(ARGV[1], 2)
local isDurable = string.sub(ARGV[1], 1, 1) == '+'
local m

local function whole(n) return string.format('%.0f', n) end

local function save()
  redis.call('HSET', meta, 'e', m.e, 'n', whole(m.n), 'b', whole(m.b), 'k', whole(m.k), 'r', m.r, 'f', whole(m.f))
end

-- Bytes published before an entry; 0 for one that is not ours.
local function before(entry) return tonumber(entry[2][4] or '') or 0 end

-- The time in microseconds, which a channel never sees twice, and three digits should a clock be set back to it. Below
-- 2^63, as the other half of a stream's id has to be; text, as Lua would round it.
local function newEpoch()
  local time = redis.call('TIME')
  local more = tonumber(string.sub(redis.sha1hex(meta .. table.concat(ARGV)), 1, 4), 16)
  return string.format('%s%06d%03d', time[1], tonumber(time[2]), more % 1000)
end

-- A new life. Who follows the former one is told, and reads.
local function begin()
  redis.call('DEL', meta, log)
  local had = m and m.e
  m = { e = newEpoch(), n = 0, b = 0, k = 0, r = run, f = 0, isNew = true }
  if had then
    save()
    redis.call('PUBLISH', meta, 'top:0:' .. m.e)
  end
end

-- Without its hash, a channel goes on where its stream ends. What this run began with is not known.
local function rebuild()
  local info = redis.pcall('XINFO', 'STREAM', log)
  if info.err then return end
  local id
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then id = info[i + 1] end
  end
  local n, e = string.match(id or '', '^(%d+)%-(%d+)$')
  if not n or e == '0' then return end
  m = { e = e, n = tonumber(n), b = 0, k = 0, r = run, f = 0, isNew = true }
  local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  if last then m.b = before(last) + #last[2][2] end
end

local function finish()
  save()
  redis.call('HSET', meta, 'c', 1)
  redis.call('PEXPIRE', log, ttl)
  -- Not before its events, without which it would be a channel that was never completed.
  redis.call('PEXPIRE', meta, ttl + 1000)
  redis.call('PUBLISH', meta, 'end:' .. whole(m.n) .. ':' .. m.e)
  m.done = '1'
  m.isNew = false
end

local function load()
  local got = redis.pcall('HMGET', meta, 'e', 'n', 'c', 'b', 'k', 'r', 'f')
  if got.err then
    if not string.find(got.err, 'WRONGTYPE', 1, true) then return got end
    redis.call('DEL', meta)
    got = {}
  end
  if got[1] and got[2] then
    m = { e = got[1], n = tonumber(got[2]), done = got[3], b = tonumber(got[4] or 0), k = tonumber(got[5] or 0),
      r = got[6] or '', f = tonumber(got[7] or 0) }
  else
    rebuild()
  end
  if not m then return begin() end
  local e, n, isEnd, seenIn = string.match(ARGV[2], '^([^:]+):(%d+)(!?):(.*)$')
  n = tonumber(n)
  local knows = e == m.e
  if knows and n > m.n then return begin() end
  -- Epochs are times: the caller has seen a later life than this one, which an older copy of the data brought back.
  if e and #e == #m.e and e > m.e then return begin() end
  if run ~= '' and m.r ~= run then
    -- Whoever has seen less than was loaded cannot tell whether that was all.
    if m.r ~= '' and not (knows and n == m.n) and not isDurable then return begin() end
    m.r, m.f, m.isNew = run, m.n, true
  end
  if knows and n > m.f and seenIn ~= '' and seenIn ~= m.r then return begin() end
  if knows and n == m.n and isEnd == '!' and not m.done then finish() end
end

local refusal = load()
if refusal then return refusal end
`

const publishBody = `
if KEYS[3] then
  local earlier = redis.call('GET', KEYS[3])
  if earlier then return earlier end
end
if m.done then return 'completed' end

local json = ARGV[3]
local function add()
  return redis.pcall('XADD', log, 'MAXLEN', '=', size, whole(m.n + 1) .. '-' .. m.e, 'd', json, 'b', whole(m.b))
end

local added = add()
if type(added) == 'table' and added.err then
  -- The stream is ahead of the hash, or no stream: nothing is certain. Anything else, as out of memory, changed nothing.
  if not string.find(added.err, 'equal or smaller', 1, true) and not string.find(added.err, 'WRONGTYPE', 1, true) then
    return added
  end
  begin()
  added = add()
  if added.err then return added end
end
m.n = m.n + 1
m.b = m.b + #json
while m.b - m.k > bytes do
  local first = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
  if not first then
    m.k = m.b
  else
    m.k = before(first)
    if m.b - m.k > bytes then
      redis.call('XDEL', log, first[1])
      m.k = m.k + #first[2][2]
    end
  end
end
if m.isNew then
  save()
else
  redis.call('HSET', meta, 'n', whole(m.n), 'b', whole(m.b), 'k', whole(m.k))
end
redis.call('PEXPIRE', log, ttl)
redis.call('PEXPIRE', meta, positionTtl)
local position = whole(m.n) .. ':' .. m.e
if KEYS[3] then redis.call('SET', KEYS[3], position, 'PX', ${idempotencyMs}) end
redis.call('PUBLISH', meta, position .. ':' .. json)
return position
`

const completeBody = `
if not m.done then finish() end
return whole(m.n) .. ':' .. m.e
`

const readBody = `
if m.isNew then save() end
if not m.done then redis.call('PEXPIRE', meta, m.n > 0 and positionTtl or math.min(positionTtl, 300000)) end
local after, limit = tonumber(ARGV[3]), tonumber(ARGV[4])
local first = redis.pcall('XRANGE', log, '-', '+', 'COUNT', 1)
if first.err then
  redis.call('DEL', log)
  first = {}
end
local oldest = first[1] and string.match(first[1][1], '^%d+') or whole(m.n + 1)
local entries = {}
if limit > 0 and m.n > after then entries = redis.call('XRANGE', log, whole(after + 1), '+', 'COUNT', limit) end
return { m.e, whole(m.n), m.done and 1 or 0, oldest, entries }
`

const renewBody = `
if ARGV[3] ~= '' and m.e ~= ARGV[3] then return 0 end
begin()
redis.call('PEXPIRE', meta, positionTtl)
return 1
`
