//! Which projects are generated and built.

use cargo_b2c_init::{Kind, Store, Template};
use libtest_mimic::Failed;

/// A template with a kind of provider and, where it has sessions, a store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Variant {
    pub template: Template,
    pub kind: Kind,
    pub store: Option<Store>,
}

impl Variant {
    /// Everything that can be asked for, in the order of what is built.
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for template in Template::ALL {
            for kind in Kind::ALL {
                let stores = template.default_store().map(|_| Store::ALL);
                let stores = stores.map_or(vec![None], |all| all.map(Some).to_vec());
                let variants = stores.into_iter().map(|store| Self {
                    template,
                    kind,
                    store,
                });
                all.extend(variants);
            }
        }
        all.sort_by_key(|variant| variant.family());
        all
    }

    /// Some that are unlike each other: every template and every kind is among them.
    pub fn few() -> Vec<Self> {
        let few = [
            (Template::Api, Kind::Entra, None),
            (Template::Bff, Kind::ExternalId, Some(Store::Cookie)),
            (Template::Grpc, Kind::B2c, Some(Store::Sqlite)),
            (Template::WebApp, Kind::Oidc, Some(Store::Redis)),
        ];
        let few = few.map(|(template, kind, store)| Self {
            template,
            kind,
            store,
        });
        few.to_vec()
    }

    /// So many that every template has met every kind and every store, and every kind every store, in
    /// the order of what is built.
    pub fn pairwise() -> Vec<Self> {
        let mut chosen = Vec::new();
        for (row, kind) in Kind::ALL.into_iter().enumerate() {
            chosen.push(Self {
                template: Template::Api,
                kind,
                store: None,
            });
            // Each kind meets every store; the templates take turns along the row, and each row begins
            // with another one.
            for (column, store) in Store::ALL.into_iter().enumerate() {
                chosen.push(Self {
                    template: WITH_SESSIONS[(row + column) % WITH_SESSIONS.len()],
                    kind,
                    store: Some(store),
                });
            }
        }
        chosen.sort_by_key(|variant| variant.family());
        chosen
    }

    /// Its name: `bff-entra-redis`.
    pub fn name(self) -> String {
        format!("{}-{}{}", self.template, self.kind, self.of_store())
    }

    /// What it shares the code of its app with, `bff-redis`; also the project's name.
    pub fn family(self) -> String {
        format!("{}{}", self.template, self.of_store())
    }

    fn of_store(self) -> String {
        let store = self.store.map(|store| format!("-{store}"));
        store.unwrap_or_default()
    }
}

const WITH_SESSIONS: [Template; 3] = [Template::WebApp, Template::Bff, Template::Grpc];

/// Whether no pair is left out; if it were, the choice would have to be another one.
pub fn every_pair() -> Result<(), Failed> {
    let chosen = Variant::pairwise();
    for one in Variant::all() {
        let has = |pair: &dyn Fn(&Variant) -> bool| chosen.iter().any(pair);
        let with_kind = has(&|it| (it.template, it.kind) == (one.template, one.kind));
        let with_store = has(&|it| (it.template, it.store) == (one.template, one.store));
        let at_both = has(&|it| (it.kind, it.store) == (one.kind, one.store));
        if !(with_kind && with_store && at_both) {
            return Err(format!("a pair of {} is left out", one.name()).into());
        }
    }
    Ok(())
}
