//! Where a module is declared in a program.

use syn::Item;

use super::insertion::Insertion;
use super::source::Source;

/// The declaration of a module beside the others, in their order; nothing if it is there.
pub(super) fn declaration(source: &Source, name: &str, declaration: &str) -> Option<Insertion> {
    let items = &source.file.items;
    let is_plain = |item: &&Item| matches!(item, Item::Mod(module) if module.content.is_none());
    let named = |item: &Item| match item {
        Item::Mod(module) => module.ident.to_string(),
        _ => String::new(),
    };
    if items.iter().any(|item| named(item) == name) {
        return None;
    }
    // rustfmt sorts the modules of a block, as far as the next item or empty line.
    let first = items.iter().position(|item| is_plain(&item));
    let block = items
        .iter()
        .skip(first.unwrap_or(items.len()))
        .take_while(is_plain);
    let before = block.filter(|item| named(item).as_str() < name).last();
    if let Some(before) = before {
        return Some(Insertion::new(
            source.range(before).end,
            format!("\n{declaration}"),
        ));
    }
    let Some(next) = first.and_then(|first| items.get(first)).or(items.first()) else {
        return Some(Insertion::new(
            source.text.len(),
            format!("{declaration}\n"),
        ));
    };
    let gap = if first.is_some() { "" } else { "\n" };
    let at = above_comments(source, source.range(next).start);
    Some(Insertion::new(at, format!("{declaration}\n{gap}")))
}

/// The start of the comment that stands directly above an item, or of the item.
fn above_comments(source: &Source, at: usize) -> usize {
    let mut start = source.line_start(at);
    while start > 0 {
        let above = source.line_start(start - 1);
        let line = source
            .text
            .get(above..start)
            .unwrap_or_default()
            .trim_start();
        // The program's own comment stays at its top.
        if !line.starts_with("//") || line.starts_with("//!") {
            break;
        }
        start = above;
    }
    start
}

#[cfg(test)]
mod tests {
    use super::declaration;
    use crate::add::wiring::Source;

    fn with(text: &str) -> String {
        let source = Source::parse("src/main.rs", text.to_owned()).expect("Rust");
        let insertion = declaration(&source, "auth", "mod auth;");
        source.with(insertion.into_iter().collect())
    }

    #[test]
    fn a_module_goes_beside_the_others() {
        assert_eq!(
            with("mod api;\nmod pages;\n"),
            "mod api;\nmod auth;\nmod pages;\n"
        );
        assert_eq!(
            with("mod auth;\nfn main() {}\n"),
            "mod auth;\nfn main() {}\n"
        );
        assert_eq!(
            with("//! Says.\n\n// Pages.\nmod pages;\n"),
            "//! Says.\n\nmod auth;\n// Pages.\nmod pages;\n"
        );
    }

    #[test]
    fn without_others_it_goes_before_everything_else() {
        assert_eq!(
            with(
                "#!/usr/bin/env x\n//! Says.\n#![allow(dead_code)]\n\n// Types.\nuse a::b;\n\n/// Starts.\nfn main() {}\n"
            ),
            "#!/usr/bin/env x\n//! Says.\n#![allow(dead_code)]\n\nmod auth;\n\n// Types.\nuse a::b;\n\n/// Starts.\nfn main() {}\n"
        );
        assert_eq!(
            with("mod tests {}\nfn main() {}\n"),
            "mod auth;\n\nmod tests {}\nfn main() {}\n"
        );
        assert_eq!(with(""), "mod auth;\n");
    }
}
