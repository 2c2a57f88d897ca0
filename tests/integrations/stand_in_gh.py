"""Stands in for GitHub's `gh api`, as far as the how-to page asks: comments, kept in a file.

COMMENTS names the file; LOGIN is whom the token belongs to.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from pathlib import Path

import jq  # type: ignore[import-not-found]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("api", choices=["api"])
    parser.add_argument("endpoint")
    parser.add_argument("--method", default="GET")
    parser.add_argument("--field")
    parser.add_argument("--jq")
    parser.add_argument("--paginate", action="store_true")
    parser.add_argument("--silent", action="store_true")
    asked = parser.parse_args()
    assert os.environ["GH_TOKEN"]
    file = Path(os.environ["COMMENTS_FILE"])
    comments = json.loads(file.read_text())
    match asked.method:
        case "GET":
            assert asked.endpoint == "repos/acme/site/issues/7/comments"
            assert asked.paginate
            found = jq.compile(asked.jq).input_value(comments).all()
            sys.stdout.writelines(f"{each}\n" for each in found)
        case "POST":
            assert asked.endpoint == "repos/acme/site/issues/7/comments"
            user = {"login": "github-actions[bot]"}
            comments.append({"id": len(comments) + 1, "user": user, "body": body(asked.field)})
        case "PATCH":
            found_id = re.fullmatch(r"repos/acme/site/issues/comments/(\d+)", asked.endpoint)
            assert found_id
            (comment,) = (each for each in comments if each["id"] == int(found_id[1]))
            comment["body"] = body(asked.field)
    file.write_text(json.dumps(comments))


def body(field: str) -> str:
    name, _, value = field.partition("=@")
    assert name == "body"
    return Path(value).read_text()


main()
