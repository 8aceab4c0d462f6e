"""Fitting the adapter on vectors whose questions are turned away from their passages."""

import numpy as np

from eval.training.adapter import Material, fit


def material(seed: int, turn: np.ndarray, *, left_out: int = 0) -> Material:
    chance = np.random.default_rng(seed)
    passages = chance.normal(size=(300, 16)).astype(np.float32)
    passages /= np.linalg.norm(passages, axis=1, keepdims=True)
    places = chance.integers(0, 300 - left_out, size=600)
    questions = passages[places] @ turn + chance.normal(scale=0.05, size=(600, 16))
    questions = (questions / np.linalg.norm(questions, axis=1, keepdims=True)).astype(np.float32)
    return Material(
        questions, passages, tuple((int(p),) for p in places), tuple(i < 300 - left_out for i in range(300))
    )


def hit_rate(given: Material, change: np.ndarray) -> float:
    best = (given.questions @ (np.eye(16) + change) @ given.passages.T).argmax(axis=1)
    return float(np.mean([place in right for place, right in zip(best, given.right, strict=True)]))


def test_what_it_learns_holds_for_other_questions() -> None:
    chance = np.random.default_rng(3)
    turn = np.eye(16) + chance.normal(scale=0.35, size=(16, 16))
    change = fit(material(1, turn), epochs=120)
    other = material(2, turn)
    assert hit_rate(other, change) > hit_rate(other, np.zeros((16, 16))) + 0.1


def test_passages_that_are_left_out_decide_nothing() -> None:
    turn = np.eye(16)
    given = material(1, turn, left_out=50)
    changed = Material(
        given.questions, np.concatenate([given.passages[:250], -given.passages[250:]]), given.right, given.allowed
    )
    np.testing.assert_allclose(fit(given, epochs=3), fit(changed, epochs=3), atol=1e-6)
