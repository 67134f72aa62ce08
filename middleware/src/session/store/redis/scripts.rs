//! What happens in one step on the server.
//!
//! A record is a hash: `v` version, `x` expiry in milliseconds, `b` bytes, `s` summary, `i1` and `i2`
//! the keys of its index sets. An index set is a sorted set of record names by expiry. Both expire by
//! themselves.

use std::sync::LazyLock;

use redis::Script;

/// Keys: record, index sets. Arguments: name, expiry, bytes, summary.
pub(super) static INSERT: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        redis.call('HSET', KEYS[1], 'v', 1, 'x', ARGV[2], 'b', ARGV[3], 's', ARGV[4])
        for n = 2, #KEYS do
            redis.call('HSET', KEYS[1], 'i' .. (n - 1), KEYS[n])
            drop_expired(KEYS[n])
            redis.call('ZADD', KEYS[n], ARGV[2], ARGV[1])
            keep_until(KEYS[n], ARGV[2])
        end
        redis.call('PEXPIREAT', KEYS[1], ARGV[2])
        return 1
        ",
    )
});

/// Key: any, for the way to the server. `INFO` is what services that run Redis for others leave open,
/// and `CONFIG` is not.
pub(super) static INFO: LazyLock<Script> = LazyLock::new(|| {
    script("return redis.call('INFO', 'memory') .. redis.call('INFO', 'persistence')")
});

/// Key: record.
pub(super) static LOAD: LazyLock<Script> =
    LazyLock::new(|| script("return redis.call('HMGET', KEYS[1], 'v', 'x', 'b')"));

/// Key: record. Arguments: name, expected version, expiry, bytes, channel.
pub(super) static REPLACE: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        local version = redis.call('HGET', KEYS[1], 'v')
        if not version then return 'missing' end
        if version ~= ARGV[2] then return 'conflict' end
        local after = redis.call('HINCRBY', KEYS[1], 'v', 1)
        redis.call('HSET', KEYS[1], 'b', ARGV[4])
        expire(KEYS[1], ARGV[1], ARGV[3])
        redis.call('PUBLISH', ARGV[5], 'changed ' .. ARGV[1] .. ' ' .. after)
        return 'done'
        ",
    )
});

/// Key: record. Arguments: name, expiry.
pub(super) static TOUCH: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        expire(KEYS[1], ARGV[1], ARGV[2])
        return 1
        ",
    )
});

/// Key: record. Arguments: name, channel.
pub(super) static DELETE: LazyLock<Script> =
    LazyLock::new(|| script("return delete(KEYS[1], ARGV[1], ARGV[2])"));

/// Key: index set. Arguments: what record keys begin with, limit. Returns name, expiry, summary of
/// each.
pub(super) static FIND: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        drop_expired(KEYS[1])
        local found = {}
        for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, ARGV[2] - 1, 'REV')) do
            local record = redis.call('HMGET', ARGV[1] .. name, 'x', 's')
            if record[1] then
                found[#found + 1] = {name, record[1], record[2]}
            else
                redis.call('ZREM', KEYS[1], name)
            end
        end
        return found
        ",
    )
});

/// Key: index set. Arguments: what record keys begin with, channel, the name to spare, how many at
/// once. Returns how many were looked at and how many of them were there.
pub(super) static DELETE_SOME: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        local seen, ended = 0, 0
        for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, ARGV[4])) do
            if name ~= ARGV[3] then
                seen = seen + 1
                ended = ended + delete(ARGV[1] .. name, name, ARGV[2])
                redis.call('ZREM', KEYS[1], name)
            end
        end
        return {seen, ended}
        ",
    )
});

/// Key: lock. Arguments: microseconds. Returns the token, or nothing.
pub(super) static LOCK: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        local now = micros()
        local held = redis.call('HMGET', KEYS[1], 't', 'u')
        if tonumber(held[2] or 0) > now then return false end
        local token = math.max(now, tonumber(held[1] or 0) + 1)
        hold(KEYS[1], token, now, ARGV[1])
        return token
        ",
    )
});

/// Key: lock. Arguments: token, microseconds; none free it.
pub(super) static HOLD: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        local now = micros()
        local held = redis.call('HMGET', KEYS[1], 't', 'u')
        if held[1] ~= ARGV[1] or tonumber(held[2]) <= now then return 0 end
        hold(KEYS[1], tonumber(ARGV[1]), now, ARGV[2])
        return 1
        ",
    )
});

pub(super) fn script(body: &str) -> Script {
    Script::new(&format!("{PRELUDE}{body}"))
}

/// Lua's numbers are exact up to 2⁵³, which microseconds since 1970 reach in the year 2255.
const PRELUDE: &str = r"
local function micros()
    local time = redis.call('TIME')
    return time[1] * 1000000 + time[2]
end

local function drop_expired(index)
    local now = string.format('%.0f', math.floor(micros() / 1000))
    redis.call('ZREMRANGEBYSCORE', index, '-inf', now)
end

local function keep_until(index, expiry)
    redis.call('PEXPIREAT', index, expiry, 'NX')
    redis.call('PEXPIREAT', index, expiry, 'GT')
end

local function expire(record, name, expiry)
    redis.call('HSET', record, 'x', expiry)
    for _, index in ipairs(redis.call('HMGET', record, 'i1', 'i2')) do
        if index then
            redis.call('ZADD', index, 'XX', expiry, name)
            keep_until(index, expiry)
        end
    end
    redis.call('PEXPIREAT', record, expiry)
end

local function delete(record, name, channel)
    local indexes = redis.call('HMGET', record, 'i1', 'i2')
    if redis.call('DEL', record) == 0 then return 0 end
    for _, index in ipairs(indexes) do
        if index then redis.call('ZREM', index, name) end
    end
    redis.call('PUBLISH', channel, 'ended ' .. name)
    return 1
end

local function hold(lock, token, now, lasts)
    local ends = now + lasts
    redis.call('HSET', lock, 't', string.format('%.0f', token), 'u', string.format('%.0f', ends))
    redis.call('PEXPIREAT', lock, string.format('%.0f', math.floor(ends / 1000) + 86400000))
end
";
