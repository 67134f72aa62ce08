//! Comments in the code, at the lines that somebody has to change.

use proc_macro2::{TokenStream, TokenTree};

use super::finding::{Finding, Severity};

/// The text of a Rust file with a comment above each line that must change. A second time adds none.
/// `None` if comments cannot be added without changing what the file says, so that it is left alone.
pub(crate) fn mark(text: &str, findings: &[&Finding]) -> Option<String> {
    let tokens: TokenStream = text.parse().ok()?;
    let mut strings = Vec::new();
    collect(tokens.clone(), &mut strings);
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let mut marks: Vec<(usize, String)> = Vec::new();
    for finding in findings {
        let Some(line) = finding
            .line
            .filter(|_| finding.severity == Severity::MustChange)
        else {
            continue;
        };
        let (code, title) = (finding.topic.code(), finding.topic.title());
        let comment = format!("// TODO(external-id): {title} ({code})");
        let line = outside(line, &strings);
        if !marks.contains(&(line, comment.clone())) {
            marks.push((line, comment));
        }
    }
    // From below, so that the lines above keep their numbers.
    marks.sort_by(|one, other| other.cmp(one));
    for (line, comment) in marks {
        let at = line.checked_sub(1).filter(|at| *at < lines.len())?;
        let above = lines[..at].iter().rev().map(|line| line.trim());
        let mut above = above.take_while(|line| line.starts_with(MARK));
        if above.any(|known| known == comment) {
            continue;
        }
        let own = &lines[at];
        let indentation = own.len() - own.trim_start().len();
        let comment = format!("{}{comment}", own.get(..indentation)?);
        lines.insert(at, comment);
    }
    let marked = lines.join("\n");
    let after: TokenStream = marked.parse().ok()?;
    (after.to_string() == tokens.to_string()).then_some(marked)
}

/// The first and last line of each literal of several lines.
fn collect(tokens: TokenStream, strings: &mut Vec<(usize, usize)>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), strings),
            TokenTree::Literal(literal) => {
                let span = literal.span();
                let (first, last) = (span.start().line, span.end().line);
                if last > first {
                    strings.push((first, last));
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// The line, or the one in which the literal begins that goes on in it.
fn outside(mut line: usize, strings: &[(usize, usize)]) -> usize {
    while let Some((first, _)) = strings
        .iter()
        .find(|(first, last)| *first < line && line <= *last)
    {
        line = *first;
    }
    line
}

const MARK: &str = "// TODO(external-id):";

#[cfg(test)]
mod tests {
    use super::super::topic::Topic;
    use super::*;

    fn at(line: usize) -> Finding {
        Finding::new(Topic::Emails, Severity::MustChange, "a.rs", line, "")
    }

    #[test]
    fn marks_stand_above_the_line_once() {
        let text = "fn f() {\n    let a = g()\n        .get(\"emails\");\n}\n";
        let marked = mark(text, &[&at(3), &at(3)]).expect("marked");
        let expected = "fn f() {\n    let a = g()\n        \
                        // TODO(external-id): there is no `emails` (EXT003)\n        \
                        .get(\"emails\");\n}\n";
        assert_eq!(marked, expected);
        assert_eq!(mark(&marked, &[&at(4)]).as_deref(), Some(expected));
    }

    #[test]
    fn a_text_of_several_lines_gets_no_comment_into_it() {
        let text = "const A: &str = \"\n\nemails\"; const B: &str = \"emails\";\n";
        let marked = mark(text, &[&at(3)]).expect("marked");
        assert!(marked.starts_with("// TODO(external-id):"), "{marked}");
        assert!(marked.ends_with(text), "{marked}");
    }

    #[test]
    fn what_cannot_be_marked_is_left_alone() {
        assert_eq!(mark("fn f( {", &[&at(1)]), None);
        assert_eq!(mark("fn f() {}", &[&at(9)]), None);
    }
}
