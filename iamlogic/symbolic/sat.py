"""z3, as one Boolean skeleton: formulas in, truth values out.

This is the only file of the default encoding that speaks to z3. It calls z3's C functions without
z3's Python wrappers (which cost more than the search: reference counts and an error check at every
call) on a context without reference counting: terms live as long as the context, and a thread's
context is renewed after a number of questions, which bounds the memory. Errors are looked at once
for each check.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from z3 import z3core  # type: ignore[import-untyped]

from iamlogic.errors import InternalError
from iamlogic.symbolic.deadline import Deadline, TimeoutExpired
from iamlogic.symbolic.terms import TRUE, Terms

_QUESTIONS_A_CONTEXT = 256
"""A context costs 3 to 7 ms to make, and keeps every term: renewed after so many questions."""

_SAT, _UNSAT = 1, -1


def _function(name: str) -> Any:
    """The C function behind z3core's wrapper of that name."""
    wrapper = getattr(z3core, name)
    return wrapper.__defaults__[0].f


_and, _or, _not = map(_function, ("Z3_mk_and", "Z3_mk_or", "Z3_mk_not"))
_at_most = _function("Z3_mk_atmost")
_const, _symbol, _bool_sort = map(_function, ("Z3_mk_const", "Z3_mk_int_symbol", "Z3_mk_bool_sort"))
_simple_solver = _function("Z3_mk_simple_solver")
_inc_solver, _dec_solver = map(_function, ("Z3_solver_inc_ref", "Z3_solver_dec_ref"))
_assert, _check = map(_function, ("Z3_solver_assert", "Z3_solver_check_assumptions"))
_get_model, _inc_model, _dec_model = map(
    _function, ("Z3_solver_get_model", "Z3_model_inc_ref", "Z3_model_dec_ref")
)
_declaration, _interpretation, _truth = map(
    _function, ("Z3_get_app_decl", "Z3_model_get_const_interp", "Z3_get_bool_value")
)


class _Context:
    """A z3 context of one thread, with the Boolean constants made on it so far."""

    def __init__(self) -> None:
        config = z3core.Z3_mk_config()
        self.ref = z3core.Z3_mk_context(config)
        z3core.Z3_del_config(config)
        self.sort = _bool_sort(self.ref)
        self.constants: list[tuple[Any, Any]] = []  # by variable: the constant, its declaration
        self.negated: list[Any] = []
        self.questions = 0
        self.alive = True

    def constant(self, variable: int) -> tuple[Any, Any]:
        while len(self.constants) <= variable:
            term = _const(self.ref, _symbol(self.ref, len(self.constants)), self.sort)
            self.constants.append((term, _declaration(self.ref, term)))
        return self.constants[variable]

    def __del__(self) -> None:
        self.alive = False
        z3core.Z3_del_context(self.ref)


_threads = threading.local()


def _context() -> _Context:
    context: _Context | None = getattr(_threads, "context", None)
    if context is None or context.questions >= _QUESTIONS_A_CONTEXT:
        context = _threads.context = _Context()
    context.questions += 1
    return context


class Sat:
    """A growing set of formulas of one `Terms`, and the search for what satisfies them."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._context = _context()
        self._ref = self._context.ref
        self._solver = _simple_solver(self._ref)
        _inc_solver(self._ref, self._solver)
        self._built: dict[int, Any] = {}
        self._switches: dict[int, Any] = {}
        self._model: Any = None

    def __del__(self) -> None:
        # In a cycle of garbage the context can be finalized first; its solvers went with it.
        if self._context.alive:
            self._forget_model()
            _dec_solver(self._ref, self._solver)

    def require(self, literals: Sequence[int]) -> None:
        """Assert a clause: at least one of the literals holds."""
        _assert(self._ref, self._solver, self._join(_or, literals))

    def at_most_one(self, literals: Sequence[int]) -> None:
        """Assert that no two of the literals hold together."""
        terms = [self._term(literal) for literal in literals]
        limit = _at_most(self._ref, len(terms), (z3core.Ast * len(terms))(*terms), 1)
        _assert(self._ref, self._solver, limit)

    def solve(self, literals: Sequence[int], deadline: Deadline) -> bool:
        """Whether the formulas and all the literals can hold together."""
        deadline.check()
        self._forget_model()
        switches = [self._switch(literal) for literal in literals if literal != TRUE]
        self._bound(deadline)
        outcome = _check(
            self._ref, self._solver, len(switches), (z3core.Ast * len(switches))(*switches)
        )
        if outcome == _SAT:
            self._model = _get_model(self._ref, self._solver)
            _inc_model(self._ref, self._model)
        elif outcome != _UNSAT:
            self._explain_failure()
        return bool(outcome == _SAT)

    def value(self, variable: int) -> bool:
        """The value of an atom in the last model; false where z3 left it open (any would do)."""
        value = _interpretation(self._ref, self._model, self._context.constant(variable)[1])
        return bool(value) and _truth(self._ref, value) == 1

    def _bound(self, deadline: Deadline) -> None:
        remaining = deadline.remaining()
        if remaining > 1e6:  # practically none: leave z3's own default, no bound
            return
        params = z3core.Z3_mk_params(self._ref)
        z3core.Z3_params_inc_ref(self._ref, params)
        symbol = z3core.Z3_mk_string_symbol(self._ref, "timeout")
        z3core.Z3_params_set_uint(self._ref, params, symbol, max(1, int(remaining * 1000)))
        z3core.Z3_solver_set_params(self._ref, self._solver, params)
        z3core.Z3_params_dec_ref(self._ref, params)

    def _explain_failure(self) -> None:
        reason = z3core.Z3_solver_get_reason_unknown(self._ref, self._solver)
        if "interrupted" in reason:
            raise KeyboardInterrupt
        if reason in {"timeout", "canceled"}:
            raise TimeoutExpired
        raise InternalError(f"z3 gave up on a Boolean formula: {reason}")

    def _switch(self, literal: int) -> Any:
        """A term that z3 takes as an assumption: an atom, or a constant that implies a gate."""
        variable = abs(literal)
        if not isinstance(self._terms.meaning(variable), tuple):
            return self._term(literal)
        switch = self._switches.get(literal)
        if switch is None:
            # A gate's own number names the constant that implies it, the next sign its negation.
            switch = self._context.constant(variable)[0]
            if literal < 0:
                switch = _not(self._ref, switch)
            _assert(
                self._ref,
                self._solver,
                self._apply(_or, [_not(self._ref, switch), self._term(literal)]),
            )
            self._switches[literal] = switch
        return switch

    def _term(self, literal: int) -> Any:
        built = self._built.get(literal)
        if built is None:
            if literal < 0:
                built = _not(self._ref, self._term(-literal))
            else:
                meaning = self._terms.meaning(literal)
                if isinstance(meaning, tuple):
                    built = self._join(_and, meaning)
                else:
                    built = self._context.constant(literal)[0]
            self._built[literal] = built
        return built

    def _join(self, operator: Any, literals: Sequence[int]) -> Any:
        return self._apply(operator, [self._term(literal) for literal in literals])

    def _apply(self, operator: Any, terms: list[Any]) -> Any:
        return operator(self._ref, len(terms), (z3core.Ast * len(terms))(*terms))

    def _forget_model(self) -> None:
        if self._model is not None:
            _dec_model(self._ref, self._model)
            self._model = None
