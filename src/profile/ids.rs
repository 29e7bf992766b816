//! Names for claims, made from what each claim says, so that they stay when other claims are added or removed.

use std::collections::HashSet;

use super::{Claim, ListedName, Profile, Statement};
use crate::text::fold;

/// Gives every claim without an id a unique one.
pub fn name_claims(claims: &mut [Claim]) {
    let given = claims.iter().map(|claim| claim.id.clone());
    let mut taken: HashSet<String> = given.filter(|given| !given.is_empty()).collect();
    for claim in claims.iter_mut().filter(|claim| claim.id.is_empty()) {
        let base = base(&claim.statement);
        let mut id = base.clone();
        let mut count = 1;
        while !taken.insert(id.clone()) {
            count += 1;
            id = format!("{base}-{count}");
        }
        claim.id = id;
    }
}

fn base(statement: &Statement) -> String {
    match statement {
        Statement::Listed {
            relation, names, ..
        } => match (relation, names.first()) {
            (Some(relation), _) => slug(relation, 4),
            (None, Some(ListedName::One(name))) => format!("listed-{}", slug(name, 4)),
            (None, Some(ListedName::Ambiguous(parts))) => {
                format!("listed-{}", slug(&parts.join(" "), 4))
            }
            (None, None) => "listed".to_owned(),
        },
        Statement::Quoted { exact } => format!("quote-{}", slug(exact, 4)),
        Statement::Figure { exact } => format!("figure-{}", slug(exact, 4)),
        Statement::Relation {
            relation, object, ..
        } => format!("{}-{}", slug(relation, 3), slug(object, 3)),
        Statement::Stated { exact } => format!("stated-{}", slug(exact, 5)),
    }
}

/// The first `words` words of a text, spelled as an identifier.
fn slug(text: &str, words: usize) -> String {
    let folded = fold(text);
    let slug: Vec<String> = folded
        .split(|letter: char| !letter.is_alphanumeric() && letter != '\'')
        .map(|part| part.replace('\'', ""))
        .filter(|it| !it.is_empty())
        .take(words)
        .collect();
    if slug.is_empty() {
        "claim".to_owned()
    } else {
        slug.join("-")
    }
}

impl Profile {
    /// What a person types for the claim with that id: the id or, if it has letters that are not on every keyboard, its
    /// place in the profile, `c4`.
    #[must_use]
    pub fn label_of(&self, id: &str) -> String {
        let place = self.claims.iter().position(|claim| claim.id == id);
        match place {
            Some(place) if !id.is_ascii() || id.is_empty() => format!("c{}", place + 1),
            _ => id.to_owned(),
        }
    }

    /// The claim with that id or label.
    #[must_use]
    pub fn claim(&self, typed: &str) -> Option<&Claim> {
        let by_id = self.claims.iter().find(|claim| claim.id == typed);
        by_id.or_else(|| {
            self.claims
                .iter()
                .find(|claim| self.label_of(&claim.id) == typed)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(id: &str, relation: Option<&str>, name: &str) -> Claim {
        Claim {
            id: id.into(),
            cites: vec![1],
            section: None,
            place: None,
            statement: Statement::Listed {
                relation: relation.map(str::to_owned),
                names: vec![ListedName::One(name.into())],
                complete: None,
            },
            ..Claim::default()
        }
    }

    #[test]
    fn lists_added_by_hand_get_different_ids() {
        let mut claims = [
            listed("", None, "Harbour Mediation Center"),
            listed("", None, "Quiet River Institute"),
            listed("", Some("partners"), "A"),
            listed("partners", Some("partners"), "B"),
        ];
        name_claims(&mut claims);
        let ids: Vec<&str> = claims.iter().map(|claim| claim.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "listed-harbour-mediation-center",
                "listed-quiet-river-institute",
                "partners-2",
                "partners"
            ]
        );
    }

    #[test]
    fn a_claim_whose_id_is_beyond_ascii_is_typed_by_its_place() {
        let profile = Profile {
            claims: vec![
                listed("members", None, "A"),
                listed("партнёры", None, "B"),
                listed("партнеры", None, "C"),
            ],
            ..Profile::default()
        };
        let labels = profile
            .claims
            .iter()
            .map(|claim| profile.label_of(&claim.id));
        assert_eq!(labels.collect::<Vec<_>>(), ["members", "c2", "c3"]);
        for typed in ["c3", "партнеры"] {
            assert_eq!(profile.claim(typed), profile.claims.get(2));
        }
        assert_eq!(profile.claim("c1"), None);
    }
}
