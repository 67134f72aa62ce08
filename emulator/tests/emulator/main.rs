//! What an application, a browser and a test see of the emulator.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod admin_api;
mod admin_tenants;
mod any_input;
mod api;
mod authorize_errors;
mod authorize_responses;
mod back_channel;
mod bad_input;
mod client_assertions;
mod code_flow;
mod conformance;
mod container_files;
mod custom_attributes;
mod custom_policies;
mod discovery;
mod entra;
mod entra_common;
mod entra_misbehaviours;
mod entra_sessions;
mod error_list;
mod error_table;
mod external_id;
mod front_channel;
mod graph;
mod identity_providers;
mod languages;
mod lifecycle;
mod logout;
mod misbehaviour;
mod named_misbehaviours;
mod other_grants;
mod page_errors;
mod page_scripts;
mod pages;
mod password_reset;
mod pkce;
mod profile_edit;
mod public_clients;
mod recorded_requests;
mod refresh;
mod response_types;
mod seeds;
mod seeds_of_tenants;
mod service_faults;
mod session_scopes;
mod settings_errors;
mod sign_in;
mod sign_up;
mod single_sign_on;
mod support;
mod switches;
mod tenants;
mod time;
mod tls;
mod token_errors;
mod user_flow_settings;
mod userinfo;
