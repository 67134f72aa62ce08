//! Rows that somebody has written who has the database, and not the browser's key.

use libtest_mimic::{Failed, Trial};
use sqlx::{Executor as _, Row as _};

use crate::instances::{SIGNED_IN, STRANGER, ask};
use crate::postgres::{needs, world};
use crate::postgres_server::Postgres;
use crate::support::{Visitor, World};
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![needs(trial("postgres_rows_are_tampered_with", tampered))]
}

/// Whoever's row it is is signed out; the others notice nothing.
async fn tampered() -> Result<(), Failed> {
    let server = Postgres::start()?;
    let world = world(&server).await?;
    let mut bystander = signed_in(&world).await;
    let plaintext = r#"{"claims":{"sub":"ada","name":"Mallory"},"provider":"b2c"}"#;
    for change in [
        "bytes = set_byte(bytes, length(bytes) / 2, get_byte(bytes, length(bytes) / 2) # 1)".into(),
        "bytes = set_byte(bytes, 0, get_byte(bytes, 0) # 255)".into(),
        "bytes = substring(bytes FROM 1 FOR length(bytes) - 1)".into(),
        "bytes = substring(bytes FROM 1 FOR 3)".into(),
        "bytes = ''".into(),
        "bytes = bytes || bytes".into(),
        format!("bytes = convert_to('{plaintext}', 'UTF8')"),
    ] {
        let before = keys(&server).await?;
        let mut victim = signed_in(&world).await;
        let key = added(&server, &before).await?;
        let update = format!("UPDATE b2c_session SET {change} WHERE encode(key, 'hex') = '{key}'");
        server.rows(&update).await?;
        let answer = ask(&world.second, &mut victim).await;
        assert_eq!(answer.1, STRANGER, "{change}: {}", answer.0);
        assert_eq!(ask(&world.app, &mut bystander).await.1, SIGNED_IN);
    }

    let mut keys_of_two = Vec::new();
    let mut two = Vec::new();
    for _ in 0..2 {
        let before = keys(&server).await?;
        two.push(signed_in(&world).await);
        keys_of_two.push(added(&server, &before).await?);
    }
    let [one, other] = &keys_of_two[..] else {
        return Err("two sessions".into());
    };
    let swap = format!(
        "UPDATE b2c_session AS a SET bytes = b.bytes, version = a.version FROM b2c_session AS b \
         WHERE (encode(a.key, 'hex') = '{one}' AND encode(b.key, 'hex') = '{other}') \
         OR (encode(a.key, 'hex') = '{other}' AND encode(b.key, 'hex') = '{one}')"
    );
    let swapped = server.connect().await?.execute(swap.as_str()).await?;
    assert_eq!(swapped.rows_affected(), 2);
    for victim in &mut two {
        assert_eq!(ask(&world.second, victim).await.1, STRANGER, "swapped");
    }
    assert_eq!(ask(&world.second, &mut bystander).await.1, SIGNED_IN);
    Ok(())
}

async fn signed_in(world: &World) -> Visitor<'_> {
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    visitor
}

async fn keys(server: &Postgres) -> Result<Vec<String>, Failed> {
    let rows = server
        .rows("SELECT encode(key, 'hex') FROM b2c_session")
        .await;
    let keys = rows.unwrap_or_default();
    Ok(keys
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?)
}

/// The key that was not there before.
async fn added(server: &Postgres, before: &[String]) -> Result<String, Failed> {
    let now = keys(server).await?;
    let mut new = now.into_iter().filter(|key| !before.contains(key));
    match (new.next(), new.next()) {
        (Some(key), None) => Ok(key),
        _ => Err("one session was to be added".into()),
    }
}
