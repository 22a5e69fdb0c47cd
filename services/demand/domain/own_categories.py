"""What a community adds to the taxonomy: categories of its own, and its own examples of categories that there are."""

from dataclasses import dataclass, replace

from services.kernel.errors import InvalidError

MAX_EXAMPLES = 200


@dataclass(frozen=True, slots=True)
class OwnCategory:
    """A category of one community. ``zh`` and ``en`` are None where it only adds examples to a built-in one."""

    category: str
    zh: str | None
    en: str | None
    examples: tuple[str, ...] = ()

    def with_examples(self, examples: tuple[str, ...]) -> "OwnCategory":
        """Return it with more examples; the oldest are forgotten beyond ``MAX_EXAMPLES``."""
        added = dict.fromkeys((*self.examples, *(one for one in examples if one)))
        return replace(self, examples=tuple(added)[-MAX_EXAMPLES:])

    def named(self, zh: str | None, en: str | None, *, built_in: bool) -> "OwnCategory":
        """Return it with names; one that is not built in needs both, so that everybody can read it."""
        after = replace(self, zh=zh or self.zh, en=en or self.en)
        for field, name in (("zh", after.zh), ("en", after.en)):
            if not built_in and name is None:
                raise InvalidError(field, "is missing", "a name in both languages for a category of your own")
        return after
