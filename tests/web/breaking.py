"""What somebody who built on an OpenAPI description would notice in a later one.

Allowed: new operations, new optional parameters and members of a body, new members of an answer, further statuses and
formats of an answer. Breaking: whatever makes a request that was right wrong, or takes away what a program reads.
"""

from collections.abc import Iterator, Mapping
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
Described = Mapping[str, Any]


def breaking_changes(before: Described, after: Described) -> list[str]:
    """One sentence a change, none where nothing breaks."""
    return sorted(set(_Comparison(before, after).changes()))


class _Comparison:
    def __init__(self, before: Described, after: Described) -> None:
        self._before = before
        self._after = after
        self._seen: set[tuple[str, bool]] = set()

    def changes(self) -> Iterator[str]:
        for path, item in self._before["paths"].items():
            for method in (each for each in METHODS if each in item):
                name = f"{method.upper()} {path}"
                now = self._after["paths"].get(path, {}).get(method)
                if now is None:
                    yield f"{name} is gone"
                else:
                    yield from self._operation(name, item[method], now)

    def _operation(self, name: str, before: Described, after: Described) -> Iterator[str]:
        if before["operationId"] != after["operationId"]:
            yield f"{name} is called {after['operationId']}, not {before['operationId']}"
        yield from self._parameters(name, before, after)
        yield from self._body(name, before.get("requestBody"), after.get("requestBody"))
        for status, answer in before["responses"].items():
            for media_type, content in answer.get("content", {}).items():
                now = after["responses"].get(status, {}).get("content", {}).get(media_type)
                if now is None:
                    yield f"{name} no longer answers {status} as {media_type}"
                else:
                    yield from self._schema(f"{name} {status}", content["schema"], now["schema"], asked=False)

    def _parameters(self, name: str, before: Described, after: Described) -> Iterator[str]:
        old, new = ({(each["name"], each["in"]): each for each in op.get("parameters", ())} for op in (before, after))
        for key, parameter in old.items():
            if key not in new:
                yield f"{name} no longer takes {key[0]}"
            else:
                yield from self._schema(f"{name} {key[0]}", parameter["schema"], new[key]["schema"], asked=True)
        for key, parameter in new.items():
            if parameter.get("required") and not old.get(key, {}).get("required"):
                yield f"{name} now needs {key[0]}"

    def _body(self, name: str, before: Described | None, after: Described | None) -> Iterator[str]:
        if after is None:
            if before is not None:
                yield f"{name} no longer takes a body"
            return
        if after.get("required") and not (before or {}).get("required"):
            yield f"{name} now needs a body"
        for media_type, content in (before or {}).get("content", {}).items():
            if media_type not in after["content"]:
                yield f"{name} no longer takes {media_type}"
            else:
                now = after["content"][media_type]["schema"]
                yield from self._schema(f"{name} body", content["schema"], now, asked=True)

    def _schema(self, where: str, before: Described, after: Described, *, asked: bool) -> Iterator[str]:
        """`asked`: whether callers write what is described, or read it."""
        if "$ref" in before and before["$ref"] == after.get("$ref"):
            if (before["$ref"], asked) in self._seen:
                return
            self._seen.add((before["$ref"], asked))
            where = before["$ref"].rpartition("/")[2]
        before, after = _resolved(before, self._before), _resolved(after, self._after)
        yield from self._kinds(where, before, after, asked=asked)
        yield from self._choices(where, before, after, asked=asked)
        yield from self._members(where, before, after, asked=asked)
        if "items" in before and "items" in after:
            yield from self._schema(f"{where}[]", before["items"], after["items"], asked=asked)

    def _kinds(self, where: str, before: Described, after: Described, *, asked: bool) -> Iterator[str]:
        old, new = _types(before), _types(after)
        lost = old - new if asked else new - old
        if old and new and lost:
            yield f"{where} {'no longer takes' if asked else 'may now be'} {', '.join(sorted(lost))}"
        for key in ("maximum", "maxLength", "maxItems") if asked else ():
            if key in after and after[key] < before.get(key, float("inf")):
                yield f"{where} has a smaller {key}"
        for key in ("minimum", "minLength", "minItems") if asked else ():
            if key in after and after[key] > before.get(key, float("-inf")):
                yield f"{where} has a larger {key}"

    def _choices(self, where: str, before: Described, after: Described, *, asked: bool) -> Iterator[str]:
        old, new = (frozenset(map(str, schema.get("enum") or ())) for schema in (before, after))
        if asked and new and (not old or old - new):
            yield f"{where} no longer takes {', '.join(sorted(old - new)) or 'any value'}"
        if not asked and old and (not new or new - old):
            yield f"{where} may now be {', '.join(sorted(new - old)) or 'any value'}"
        for key in ("oneOf", "anyOf"):
            for one, other in zip(before.get(key, ()), after.get(key, ()), strict=False):
                yield from self._schema(where, one, other, asked=asked)
            if len(after.get(key, ())) < len(before.get(key, ())) and asked:
                yield f"{where} takes fewer forms"

    def _members(self, where: str, before: Described, after: Described, *, asked: bool) -> Iterator[str]:
        old, new = before.get("properties", {}), after.get("properties", {})
        for name, schema in old.items():
            if name not in new:
                yield f"{where}.{name} is gone"
            else:
                yield from self._schema(f"{where}.{name}", schema, new[name], asked=asked)
        needed, was_needed = set(after.get("required", ())), set(before.get("required", ()))
        if asked:
            for name in needed - was_needed:
                yield f"{where}.{name} is now needed"
        else:
            for name in (was_needed - needed) & new.keys():
                yield f"{where}.{name} may now be missing"


def _resolved(schema: Described, document: Described) -> Described:
    if "$ref" not in schema:
        return schema
    found: Described = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _types(schema: Described) -> frozenset[str]:
    kind = schema.get("type", ())
    return frozenset([kind] if isinstance(kind, str) else kind)
