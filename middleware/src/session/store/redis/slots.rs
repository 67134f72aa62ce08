//! Which slot a key is in, and which server has which slots.
//!
//! <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>

use redis::{FromRedisValue as _, Value};

/// The slot of a key: of the part in braces, if there is one with something in it.
pub(super) fn slot(key: &str) -> u16 {
    let tag = key.split_once('{').and_then(|(_, rest)| {
        let (tag, _) = rest.split_once('}')?;
        (!tag.is_empty()).then_some(tag)
    });
    crc16(tag.unwrap_or(key).as_bytes()) % SLOTS
}

/// Slots, both ends included, and where their master is.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Range {
    pub(super) first: u16,
    pub(super) last: u16,
    /// `None` for whoever was asked.
    pub(super) host: Option<String>,
    pub(super) port: u16,
}

/// The answer to `CLUSTER SLOTS`; `None` for what is not one.
pub(super) fn read(answer: &Value) -> Option<Vec<Range>> {
    let Value::Array(ranges) = answer else {
        return None;
    };
    let read = |range: &Value| {
        let Value::Array(range) = range else {
            return None;
        };
        let [first, last, Value::Array(master), ..] = &range[..] else {
            return None;
        };
        let host = Option::<String>::from_redis_value_ref(master.first()?).ok()?;
        Some(Range {
            first: u16::from_redis_value_ref(first).ok()?,
            last: u16::from_redis_value_ref(last).ok()?,
            host: host.filter(|host| !host.is_empty() && host != "?"),
            port: u16::from_redis_value_ref(master.get(1)?).ok()?,
        })
    };
    ranges.iter().map(read).collect()
}

/// CRC-16/XMODEM.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| match crc & 0x8000 {
            0 => crc << 1,
            _ => (crc << 1) ^ 0x1021,
        })
    })
}

pub(super) const SLOTS: u16 = 16_384;

#[cfg(test)]
mod tests {
    use super::*;

    /// From the specification, and from a server's `CLUSTER KEYSLOT`.
    #[test]
    fn keys_are_in_the_slots_that_servers_have_them_in() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
        for (key, expected) in [
            ("foo", 12_182),
            ("bar", 5_061),
            ("foo{hash_tag}", 2_515),
            ("{user1000}.following", 3_443),
            ("foo{}{bar}", 8_363),
            ("foo{{bar}}zap", 4_015),
        ] {
            assert_eq!(slot(key), expected, "{key}");
        }
    }
}
