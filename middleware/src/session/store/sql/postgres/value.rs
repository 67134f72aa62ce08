//! What goes into a statement.

use std::fmt::Write as _;

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{Postgres, query};

/// A parameter.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Bytes(&'a [u8]),
    NoBytes,
    Number(i64),
}

/// A statement with its parameters beside it: prepared once for each connection.
pub(super) fn bound<'q>(sql: &'q str, values: &'q [Value<'q>]) -> Query<'q, Postgres, PgArguments> {
    values.iter().fold(query(sql), |query, value| match value {
        Value::Bytes(bytes) => query.bind(*bytes),
        Value::NoBytes => query.bind(None::<&[u8]>),
        Value::Number(number) => query.bind(number),
    })
}

/// A statement with its parameters in it: nothing of it stays on the connection, so that each can be
/// another one's behind a pooler. Hexadecimal digits and numbers are all that is ever written.
pub(super) fn written_out(sql: &str, values: &[Value<'_>]) -> String {
    let mut pieces = sql.split('$');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = piece.split_at(digits);
        let value = number.parse::<usize>().ok().and_then(|number| {
            let index = number.checked_sub(1)?;
            values.get(index)
        });
        match value {
            Some(value) => write_literal(&mut text, *value),
            None => {
                text.push('$');
                text.push_str(number);
            }
        }
        text.push_str(rest);
    }
    text
}

fn write_literal(text: &mut String, value: Value<'_>) {
    match value {
        Value::Bytes(bytes) => {
            text.reserve(bytes.len() * 2 + 16);
            text.push_str("decode('");
            for byte in bytes {
                // Writing to a string cannot fail.
                let _ = write!(text, "{byte:02x}");
            }
            text.push_str("', 'hex')");
        }
        Value::NoBytes => text.push_str("NULL::bytea"),
        Value::Number(number) => {
            let _ = write!(text, "({number})::bigint");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, written_out};

    #[test]
    fn parameters_are_written_where_they_stand() {
        let values = [Value::Bytes(b"\x00'\\"), Value::Number(-1), Value::NoBytes];
        assert_eq!(
            written_out("SELECT $2, $1, $3 + $2 'a' $$ $9", &values),
            "SELECT (-1)::bigint, decode('00275c', 'hex'), NULL::bytea + (-1)::bigint 'a' $$ $9"
        );
    }
}
