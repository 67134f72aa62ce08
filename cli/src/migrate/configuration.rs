//! What `b2c.toml` has of B2C.

use toml_edit::{Document, DocumentMut, Item, Key, TableLike};

use super::apis;
use super::finding::{Finding, Severity};
use super::place::Place;
use super::stage::Stage;
use super::switch::{OF_B2C, OF_REGISTRATION};
use super::topic::Topic;
use crate::project::CONFIG_FILE;

/// What the settings of the profile say, each at its line.
pub(super) fn findings(
    text: &str,
    document: &DocumentMut,
    place: &Place,
    stage: &Stage,
) -> Vec<Finding> {
    let (Stage::Before { old } | Stage::Moving { old, .. }) = stage else {
        return Vec::new();
    };
    let Ok(positions) = Document::parse(text) else {
        return Vec::new();
    };
    let mut view = View {
        text,
        positions: positions.as_item(),
        found: Vec::new(),
    };
    let provider = place.provider_path(document, old);
    view.provider(&provider);
    view.registration(document, place, stage, &provider);
    view.apis(document, place, stage);
    view.found
}

struct View<'a> {
    text: &'a str,
    positions: &'a Item,
    found: Vec<Finding>,
}

impl<'a> View<'a> {
    /// The settings of B2C's own.
    fn provider(&mut self, path: &[&str]) {
        use Severity::{ByItself, MustChange, Works};
        let Some(table) = self.table(path) else {
            return;
        };
        let text = |key: &str| table.get(key).and_then(Item::as_str).map(str::to_owned);
        let local = table.get("emulator").and_then(Item::as_bool) == Some(true);
        let host = text("instance").or(text("authority")).unwrap_or_default();
        if !host.is_empty() && !host.contains(".b2clogin.") && !local {
            let key = if table.contains_key("instance") {
                "instance"
            } else {
                "authority"
            };
            self.note(
                Topic::CustomDomain,
                MustChange,
                &[path, &[key]].concat(),
                host,
            );
        }
        self.note(
            Topic::Issuer,
            ByItself,
            path,
            "https://{tenant id}.ciamlogin.com/{tenant id}/v2.0",
        );
        if self.line(&["session"]) > 0 {
            self.note(Topic::Sessions, Works, &["session"], "[session]");
        }
        if table.contains_key("client_secret") {
            let key = [path, &["client_secret"]].concat();
            self.note(Topic::ClientSecret, MustChange, &key, "client_secret");
        }
        if let Some(mode) = text("response_mode") {
            self.note(
                Topic::ResponseMode,
                Works,
                &[path, &["response_mode"]].concat(),
                mode,
            );
        }
        let of_flows = OF_B2C.into_iter().map(|key| (key, Topic::FlowSettings));
        for (key, topic) in of_flows.chain(OF_REGISTRATION) {
            if table.contains_key(key) {
                self.note(topic, MustChange, &[path, &[key]].concat(), key);
            }
        }
        let below = |key: &str| {
            let tables = table.get(key).and_then(Item::as_table_like);
            let entries = tables.into_iter().flat_map(|own| own.iter());
            let entries = entries.map(|(key, item)| {
                (
                    key.to_owned(),
                    item.as_str().map(str::to_owned),
                    item.is_table_like(),
                )
            });
            entries.collect::<Vec<_>>()
        };
        for (flow, _, _) in below("authorize")
            .into_iter()
            .filter(|(_, _, is_table)| *is_table)
        {
            let key = [path, &["authorize", &flow]].concat();
            self.note(
                Topic::FlowSettings,
                MustChange,
                &key,
                format!("authorize.{flow}"),
            );
        }
        for (name, flow, _) in below("user_flows") {
            let (topic, severity) = match name.as_str() {
                "sign_up_sign_in" => (Topic::UserFlow, ByItself),
                "edit_profile" => (Topic::EditProfile, MustChange),
                "reset_password" => (Topic::ResetPassword, ByItself),
                _ => (Topic::UserFlow, MustChange),
            };
            let shown = flow.unwrap_or_else(|| name.clone());
            self.note(
                topic,
                severity,
                &[path, &["user_flows", &name]].concat(),
                shown,
            );
        }
    }

    /// What the new registration needs.
    fn registration(
        &mut self,
        document: &DocumentMut,
        place: &Place,
        stage: &Stage,
        provider: &[&str],
    ) {
        let Some(base_url) = place.setting(document, "app", "base_url") else {
            // An API, which nobody signs in at.
            return;
        };
        let base_url = base_url.trim_end_matches('/');
        let common = place.setting(document, "app", "redirect_path");
        let common = common.unwrap_or("/getAToken");
        let beside = |new: &str| {
            let own = place.get(document, &["providers", new, "redirect_path"]);
            let own = own.and_then(Item::as_str).map(str::to_owned);
            own.unwrap_or_else(|| format!("{common}/{new}"))
        };
        let path = match stage {
            Stage::Moving { new, .. } => beside(new),
            _ => common.to_owned(),
        };
        let must = Severity::MustChange;
        let beside = match stage {
            Stage::Moving { new, .. } => place.path(&["providers", new]),
            _ => provider.to_vec(),
        };
        let provider = beside.as_slice();
        self.note(
            Topic::RedirectUri,
            must,
            provider,
            format!("{base_url}{path}"),
        );
        let after = place
            .setting(document, "app", "after_sign_out")
            .unwrap_or("/");
        self.note(Topic::SignOut, must, provider, format!("{base_url}{after}"));
    }

    /// The APIs that are registered in the tenant.
    fn apis(&mut self, document: &DocumentMut, place: &Place, stage: &Stage) {
        let moved = |name: &str| match stage {
            Stage::Moving { new, .. } => apis::is_at(document, place, name, new),
            _ => false,
        };
        for name in apis::names(document, place) {
            if !moved(&name) {
                let own = place.path(&["downstream"]);
                let top = ["downstream"];
                let path = if self.line(&own) > 0 { &*own } else { &top };
                let what = format!("[[downstream]] {name}");
                self.note(Topic::ApiScope, Severity::MustChange, path, what);
            }
        }
        let audiences = place.path(&["api", "audiences"]);
        if self.line(&audiences) > 0 {
            self.note(
                Topic::Audience,
                Severity::MustChange,
                &audiences,
                "audiences",
            );
        }
    }

    fn note(&mut self, topic: Topic, severity: Severity, path: &[&str], what: impl Into<String>) {
        let line = self.line(path);
        let finding = Finding::new(topic, severity, CONFIG_FILE, line, what);
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }

    fn table(&self, path: &[&str]) -> Option<&'a dyn TableLike> {
        let mut item = self.positions;
        for key in path {
            item = item.get(key)?;
        }
        item.as_table_like()
    }

    /// The line of a setting or of a table's heading; 0 if it is not there.
    fn line(&self, path: &[&str]) -> usize {
        let Some((last, above)) = path.split_last() else {
            return 0;
        };
        let table = self.table(above);
        let item = table.and_then(|table| table.get(last));
        let first = item
            .and_then(Item::as_array_of_tables)
            .and_then(|all| all.get(0));
        let heading = match (item, first) {
            (_, Some(first)) => first.span(),
            (Some(Item::Table(table)), None) => table.span(),
            _ => None,
        };
        let key = table.and_then(|table| table.key(last)).and_then(Key::span);
        let Some(at) = heading.or(key).map(|span| span.start) else {
            return 0;
        };
        let before = self.text.get(..at).unwrap_or_default();
        before.matches('\n').count() + 1
    }
}
