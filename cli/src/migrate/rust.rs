//! What Rust code uses of B2C, by its tokens: comments and documentation do not count, and what
//! macros are given does.

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};

use super::claims::{Paths, of_call, of_claim, of_text};
use super::finding::{Finding, Severity};
use super::topic::Topic;

/// What a source file uses; `None` if it is not Rust.
pub(super) fn findings(file: &str, text: &str, paths: &Paths) -> Option<Vec<Finding>> {
    let tokens: TokenStream = text.parse().ok()?;
    let mut walk = Walk {
        file,
        paths,
        is_external: false,
        found: Vec::new(),
    };
    walk.is_external = text.contains("external_id");
    walk.stream(tokens, false);
    Some(walk.found)
}

struct Walk<'a> {
    file: &'a str,
    paths: &'a Paths,
    /// Whether the file has a tenant of External ID for its tests.
    is_external: bool,
    found: Vec<Finding>,
}

impl Walk<'_> {
    /// `looked_up` where a text in it is the name of a claim that is looked up.
    fn stream(&mut self, tokens: TokenStream, looked_up: bool) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            let back = |by| tokens.get(index.checked_sub(by)?);
            let before = back(1);
            match token {
                TokenTree::Group(group) => {
                    let inner = is_punct(before, '!') && is_punct(back(2), '#');
                    let is_attribute =
                        group.delimiter() == Delimiter::Bracket && (is_punct(before, '#') || inner);
                    if is_attribute {
                        self.attribute(group);
                    } else {
                        self.group(group, before, looked_up);
                    }
                }
                TokenTree::Literal(literal) => self.literal(literal, looked_up),
                TokenTree::Ident(ident) => {
                    let called = matches!(tokens.get(index + 1), Some(TokenTree::Group(group))
                        if group.delimiter() == Delimiter::Parenthesis);
                    let line = ident.span().start().line;
                    self.ident(&ident.to_string(), line, is_punct(before, '.'), called);
                    let method = tokens.get(index + 3).map(ToString::to_string);
                    if *ident == "Emulator" && method.as_deref() == Some("builder") {
                        self.emulator(line);
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// `#[serde(rename = "emails")]` looks a claim up; others have texts for people.
    fn attribute(&mut self, group: &Group) {
        let mut tokens = group.stream().into_iter();
        let name = tokens.next().map(|token| token.to_string());
        if let (Some("serde"), Some(TokenTree::Group(arguments))) = (name.as_deref(), tokens.next())
        {
            self.stream(arguments.stream(), true);
        }
    }

    fn group(&mut self, group: &Group, before: Option<&TokenTree>, looked_up: bool) {
        let looks_up = match (group.delimiter(), before) {
            (Delimiter::Parenthesis, Some(TokenTree::Ident(name))) => {
                let name = name.to_string();
                ["get", "get_mut", "remove", "contains_key", "pointer"].contains(&&*name)
            }
            (Delimiter::Parenthesis, _) => looked_up,
            (Delimiter::Bracket, Some(TokenTree::Ident(_) | TokenTree::Group(_))) => true,
            _ => false,
        };
        self.stream(group.stream(), looks_up);
    }

    fn literal(&mut self, literal: &Literal, looked_up: bool) {
        let token = TokenStream::from(TokenTree::Literal(literal.clone()));
        let Ok(syn::Lit::Str(text)) = syn::parse2(token) else {
            return;
        };
        let (value, line) = (text.value(), literal.span().start().line);
        let name = value.strip_prefix('/').filter(|_| looked_up);
        let claim = of_claim(name.unwrap_or(&value));
        let severity = match claim {
            Some(_) if looked_up => Severity::MustChange,
            // In a list of names, say. That of who somebody is stands everywhere.
            Some(Topic::Subject | Topic::ObjectId) => return,
            Some(_) => Severity::ByItself,
            None => Severity::MustChange,
        };
        if let Some(topic) = claim.or_else(|| of_text(&value, self.paths)) {
            self.note(topic, severity, line, shown(&value));
        }
    }

    fn ident(&mut self, name: &str, line: usize, is_member: bool, called: bool) {
        if let Some((topic, severity)) = of_call(name) {
            let is_type = name.starts_with(char::is_uppercase);
            let is_method = is_member && called;
            if is_type || is_method {
                let shown = if is_type {
                    name.to_owned()
                } else {
                    format!(".{name}()")
                };
                self.note(topic, severity, line, shown);
            }
            return;
        }
        // A field of a type that claims are read into.
        let is_field = name == "emails" && is_member && !called;
        let topic = of_claim(name).filter(|topic| match topic {
            Topic::Emails => is_field,
            Topic::CustomAttribute => true,
            Topic::PolicyClaim => name == "tfp",
            _ => false,
        });
        if let Some(topic) = topic {
            self.note(topic, Severity::MustChange, line, name.to_owned());
        }
    }

    fn emulator(&mut self, line: usize) {
        if !self.is_external {
            let what = "Emulator::builder()".to_owned();
            self.note(Topic::Emulator, Severity::MustChange, line, what);
        }
    }

    fn note(&mut self, topic: Topic, severity: Severity, line: usize, what: String) {
        let finding = Finding::new(topic, severity, self.file, line, what);
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }
}

fn is_punct(token: Option<&TokenTree>, expected: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == expected)
}

/// A text of a source file, in one short line.
fn shown(value: &str) -> String {
    let line = value.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(LONGEST).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    format!("\"{short}\"")
}

const LONGEST: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let paths = Paths {
            edit_profile: "/edit-profile".to_owned(),
            reset_password: "/reset-password".to_owned(),
        };
        let found = findings("a.rs", text, &paths).expect("Rust");
        let line = |one: &Finding| {
            let line = one.line.unwrap_or_default();
            format!(
                "{:?} {} {line} {}",
                one.topic,
                one.severity.name(),
                one.what
            )
        };
        found.iter().map(line).collect()
    }

    #[test]
    fn what_is_looked_up_must_change_and_what_is_listed_does_by_itself() {
        let text = r#"
            let a = claims.get("emails");
            let b = &token["tfp"];
            const NAMES: [&str; 2] = ["emails", "idp"];
            let c = claims.get("sub").or(claims.get("oid"));
            let d = ("sub", "oid");
            #[serde(rename = "extension_Loyalty")] struct Claims;
            let e = value.pointer("/newUser");
        "#;
        assert_eq!(
            found(text),
            [
                "Emails must-change 2 \"emails\"",
                "PolicyClaim must-change 3 \"tfp\"",
                "Emails by-itself 4 \"emails\"",
                "DirectoryClaim by-itself 4 \"idp\"",
                "Subject must-change 5 \"sub\"",
                "ObjectId must-change 5 \"oid\"",
                "CustomAttribute must-change 7 \"extension_Loyalty\"",
                "DirectoryClaim must-change 8 \"/newUser\"",
            ]
        );
    }

    #[test]
    fn addresses_names_and_codes_are_found_in_macros_and_not_in_comments() {
        let text = r##"
            //! emails at https://contoso.b2clogin.com
            /// Asks B2C_1_susi.
            fn f() {
                println!("{}", "https://contoso.b2clogin.com/x"); // AADB2C90118
                vec![r#"B2C_1A_stepup"#, "AADB2C90118", "/edit-profile?a=1", "/edit-profiles"];
                let scope = "https://contoso.onmicrosoft.com/api/read";
                #[expect(dead_code, reason = "B2C_1_susi")]
                RequireUserFlowLayer::named("stepup");
                session.user_flow(); claims.email(); claims.subject(); subject();
            }
        "##;
        assert_eq!(
            found(text),
            [
                "Address must-change 5 \"https://contoso.b2clogin.com/x\"",
                "UserFlow must-change 6 \"B2C_1A_stepup\"",
                "ErrorCode must-change 6 \"AADB2C90118\"",
                "EditProfile must-change 6 \"/edit-profile?a=1\"",
                "ApiScope must-change 7 \"https://contoso.onmicrosoft.com/api/read\"",
                "UserFlow must-change 9 RequireUserFlowLayer",
                "UserFlow by-itself 10 .user_flow()",
                "Email works 10 .email()",
                "Subject must-change 10 .subject()",
            ]
        );
    }

    #[test]
    fn an_emulator_of_b2c_is_found_and_one_of_external_id_is_not() {
        let text = "let e = Emulator::builder().start();";
        assert_eq!(found(text), ["Emulator must-change 1 Emulator::builder()"]);
        let text = "Emulator::builder().default_tenant(Tenant::external_id(\"a\"));";
        assert!(found(text).is_empty());
    }

    #[test]
    fn what_is_no_rust_is_told() {
        let paths = Paths {
            edit_profile: String::new(),
            reset_password: String::new(),
        };
        assert!(findings("a.rs", "fn f( {", &paths).is_none());
    }
}
