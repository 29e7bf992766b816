//! How answers go on from visit to visit: as tracks of runs, folded into what is said now and since when.

pub(super) mod fold;
pub(super) mod moved;
pub(super) mod nearest;
pub(super) mod rebuilt;
pub(super) mod track;
pub(super) mod twin;
pub(super) mod waiting;
