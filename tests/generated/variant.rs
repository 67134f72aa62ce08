//! Which projects are generated and built.

use cargo_b2c_init::{Kind, NewProject, Store, Template};

/// A template with a kind of provider and, where it has sessions, a store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Variant {
    pub template: Template,
    pub kind: Kind,
    pub store: Option<Store>,
}

impl Variant {
    /// Everything that can be asked for.
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
        all
    }

    /// Some that are unlike each other: every template and every kind is among them. The browser's
    /// journeys have built a web app of the defaults.
    pub fn few() -> Vec<Self> {
        let few = [
            (Template::WebApp, Kind::Oidc, Some(Store::Redis)),
            (Template::Api, Kind::Entra, None),
            (Template::Bff, Kind::ExternalId, Some(Store::Cookie)),
            (Template::Grpc, Kind::B2c, Some(Store::Sqlite)),
        ];
        let few = few.map(|(template, kind, store)| Self {
            template,
            kind,
            store,
        });
        few.to_vec()
    }

    /// Its name, which is also the project's: `bff-entra-redis`.
    pub fn name(self) -> String {
        let store = self.store.map(|store| format!("-{store}"));
        let store = store.unwrap_or_default();
        format!("{}-{}{store}", self.template, self.kind)
    }

    /// The project in this directory.
    pub fn project(self, directory: &std::path::Path) -> NewProject {
        let project = NewProject::at(directory.join(self.name()));
        let project = project.template(self.template).kind(self.kind);
        match self.store {
            Some(store) => project.store(store),
            None => project,
        }
    }
}
