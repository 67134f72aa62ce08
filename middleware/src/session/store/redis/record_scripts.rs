//! What happens in one step to one key, where a record and its index sets are on different servers.
//!
//! The keys hold what [`scripts`](super::scripts) says. The order of the steps keeps the contract: an
//! entry is there before its record and outlasts it, and one without a record, or of a record that does
//! not name this index, counts for nothing. So nothing but time takes away an entry that has no record:
//! that may be about to come.

use std::sync::LazyLock;

use redis::Script;

use super::scripts::script;

/// Key: index set. Arguments: name, expiry. The entry then lasts at least till then.
pub(super) static ENTER: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        drop_expired(KEYS[1])
        redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
        keep_until(KEYS[1], ARGV[2])
        ",
    )
});

/// Key: index set. Argument: name.
pub(super) static LEAVE: LazyLock<Script> =
    LazyLock::new(|| script("return redis.call('ZREM', KEYS[1], ARGV[1])"));

/// Key: index set. Arguments: first, last. Returns names, those that last longest first.
pub(super) static NAMES: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        drop_expired(KEYS[1])
        return redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[2], 'REV')
        ",
    )
});

/// Key: record. Arguments: expiry, bytes, summary, the keys of its index sets.
pub(super) static INSERT: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        redis.call('HSET', KEYS[1], 'v', 1, 'x', ARGV[1], 'b', ARGV[2], 's', ARGV[3])
        for n = 4, #ARGV do
            redis.call('HSET', KEYS[1], 'i' .. (n - 3), ARGV[n])
        end
        redis.call('PEXPIREAT', KEYS[1], ARGV[1])
        return 1
        ",
    )
});

/// Key: record. Returns whether there is one, and the keys of its index sets.
pub(super) static INDEXES: LazyLock<Script> =
    LazyLock::new(|| script("return redis.call('HMGET', KEYS[1], 'v', 'i1', 'i2')"));

/// Key: record. Returns expiry, summary and the keys of its index sets.
pub(super) static SHOW: LazyLock<Script> =
    LazyLock::new(|| script("return redis.call('HMGET', KEYS[1], 'x', 's', 'i1', 'i2')"));

/// Key: record. Arguments: name, expected version, expiry, bytes, channel.
pub(super) static REPLACE: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        local version = redis.call('HGET', KEYS[1], 'v')
        if not version then return 'missing' end
        if version ~= ARGV[2] then return 'conflict' end
        local after = redis.call('HINCRBY', KEYS[1], 'v', 1)
        redis.call('HSET', KEYS[1], 'b', ARGV[4], 'x', ARGV[3])
        redis.call('PEXPIREAT', KEYS[1], ARGV[3])
        redis.call('PUBLISH', ARGV[5], 'changed ' .. ARGV[1] .. ' ' .. after)
        return 'done'
        ",
    )
});

/// Key: record. Argument: expiry.
pub(super) static TOUCH: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        redis.call('HSET', KEYS[1], 'x', ARGV[1])
        redis.call('PEXPIREAT', KEYS[1], ARGV[1])
        return 1
        ",
    )
});

/// Key: record. Arguments: name, channel, the index set that it must be in or nothing. Returns whether
/// there was one, and the keys of its index sets.
pub(super) static DELETE: LazyLock<Script> = LazyLock::new(|| {
    script(
        r"
        local record = redis.call('HMGET', KEYS[1], 'v', 'i1', 'i2')
        if not record[1] then return {false, false, false} end
        if ARGV[3] ~= '' and record[2] ~= ARGV[3] and record[3] ~= ARGV[3] then
            return {false, false, false}
        end
        redis.call('DEL', KEYS[1])
        redis.call('PUBLISH', ARGV[2], 'ended ' .. ARGV[1])
        return record
        ",
    )
});
