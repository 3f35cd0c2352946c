"""Names of a file as codes: those that are known, and new ones made for those that are not.

A name is found without regard to capitals and spaces; `Name [code]` names the code itself.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from edge.register.imports.cells import code_of, folded, label_of, plain
from edge.settings import ID_PATTERN

_WITH_CODE = re.compile(rf"(?:.*\s)?\[({ID_PATTERN})\]")
_CODE = re.compile(ID_PATTERN)

_SOUGHT_LIMIT = 200
"""Names that one file spells wrongly; comparing each with all others takes a millisecond."""


class Names:
    """Codes by name, and the names that codes were made for."""

    def __init__(self, known: Mapping[str, str], *, word: str) -> None:
        """`known` is the name of each code, empty where it has none; `word` is the code of a name without a letter."""
        self._known = known
        self._word = word
        self._by_name: dict[str, list[str]] = {}
        for code, name in sorted(known.items()):
            if name:
                self._by_name.setdefault(folded(name), []).append(code)
        self.made: dict[str, str] = {}
        self._sought = 0

    def code(self, name: str) -> str:
        """The code of a name, made where there is none; empty for no name."""
        if not name:
            return ""
        if (found := _WITH_CODE.fullmatch(name)) and found[1] in self._known:
            return found[1]
        codes = self._by_name.get(folded(name), ())
        return codes[0] if codes else self._unnamed(name) or self._make(name)

    def find(self, name: str) -> str:
        """The code of a name that is known; raises `ValueError` where nothing has it, or several things."""
        name = plain(name)
        if (found := _WITH_CODE.fullmatch(name)) and found[1] in self._known:
            return found[1]
        codes = self._by_name.get(folded(name), [])
        if len(codes) > 1:
            message = f"«{name}» is the name of {', '.join(codes)}"
            raise ValueError(message)
        if code := codes[0] if codes else self._unnamed(name):
            return code
        near = self._near(name)
        if near:
            message = f"there is no {self._word} «{name}»; the nearest is «{near}»"
        else:
            message = f"there is no {self._word} «{name}»"
        raise ValueError(message)

    def shown(self, code: str) -> str:
        """What a file writes for a code so that `code` finds it again."""
        name = self._known.get(code, "")
        if not code:
            return ""
        if not name:
            return f"[{code}]" if folded(code) in self._by_name else code
        alone = self._by_name[folded(name)] == [code] and not _WITH_CODE.fullmatch(name)
        return name if alone and label_of(name) == name else f"{name} [{code}]"

    def _near(self, name: str) -> str:
        """The known name that a person may have meant; looked for often enough, and then no more."""
        self._sought += 1
        if self._sought > _SOUGHT_LIMIT:
            return ""
        near = difflib.get_close_matches(folded(name), self._by_name, n=1, cutoff=0.8)
        return self.shown(self._by_name[near[0]][0]) if near else ""

    def _unnamed(self, name: str) -> str:
        """A code that is written itself, or the one that was once made for this name and keeps no name."""
        if name in self._known:
            return name
        made = code_of(name)
        return made if made in self._known and not self._known[made] else ""

    def _make(self, name: str) -> str:
        wanted = name if _CODE.fullmatch(name) else code_of(name) or self._word
        code, number = wanted, 1
        while code in self._known or code in self.made:
            number += 1
            code = f"{wanted}-{number}"
        self.made[code] = name
        self._by_name[folded(name)] = [code]
        return code
