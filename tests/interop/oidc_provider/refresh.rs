//! What happens to refresh tokens.

use std::time::Duration;

use e2e::Person;
use libtest_mimic::Failed;
use serde_json::json;

use super::bench::{BY_SECRET, Bench, Setting};

pub(super) async fn rotation() -> Result<(), Failed> {
    let bench = Bench::new(&Setting {
        // OpenID Connect Core §11: offline access is granted to whom the user consents.
        provider: format!(
            "{BY_SECRET}\nscopes = [\"offline_access\", \"orders\"]\n\
             authorize = {{ prompt = \"consent\" }}"
        ),
        configuration: json!({ "rotateRefreshToken": true, "ttl": { "AccessToken": 60 } }),
        ..Setting::default()
    })
    .await?;
    let (mut person, _) = bench.signed_in().await?;
    let mut tokens = vec![orders(&mut person).await?];
    for times in 1..=3 {
        bench.waits(Duration::from_secs(61));
        tokens.push(orders(&mut person).await?);
        // It takes each once; the second time would be the end of all.
        bench.server.tells("refresh_token.consumed", times)?;
        bench.server.tells("token 200 refresh_token", times)?;
    }
    tokens.sort_unstable();
    tokens.dedup();
    match tokens.len() {
        4 => Ok(()),
        other => Err(format!("{other} different access tokens").into()),
    }
}

async fn orders(person: &mut Person) -> Result<String, Failed> {
    let page = person.opens("/orders").await?;
    match page.status {
        200 => Ok(page.body),
        status => Err(format!("{status} at {}: {}", page.url, page.body).into()),
    }
}
