"""One change in a bundle, drawn, and signed again by officers who do not mind."""

from tests.results.bundles import ORIGIN, pack, signed


def tampered(raw_files, officers_of, rng, origin=ORIGIN):
    """Return a bundle in which one thing was changed, signed again by two officers.

    A byte, a member of a line, a line, or the order of two lines, of any file but the manifest.
    """
    files = dict(raw_files)
    name = rng.choice([name for name, data in files.items()
                       if data and not name.startswith("manifest.")])  # fmt: skip
    data = files[name]
    way = rng.choice(["byte", "line gone", "line twice", "swapped", "number", "letter"])
    lines = data.splitlines(keepends=True)
    at = rng.randrange(len(lines))
    if way == "byte":
        place = rng.randrange(len(data))
        files[name] = (
            data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]
        )
    elif way == "line gone":
        files[name] = b"".join(lines[:at] + lines[at + 1 :])
    elif way == "line twice":
        files[name] = b"".join(lines[: at + 1] + lines[at:])
    elif way == "swapped":
        other = rng.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
        files[name] = b"".join(lines)
    else:
        wanted = bytes.isdigit if way == "number" else bytes.isalpha
        places = [place for place in range(len(data)) if wanted(data[place : place + 1])]
        place = rng.choice(places or [0])
        new = rng.choice(b"0123456789" if way == "number" else b"ABCDEFabcdef")
        files[name] = data[:place] + bytes([new]) + data[place + 1 :]
    return name, pack(signed_anyhow(files, officers_of, origin))


def signed_anyhow(files, officers_of, origin):
    """Sign a bundle again, also when its config cannot be read any more."""
    try:
        return signed(files, officers_of, origin)
    except (ValueError, KeyError, TypeError):
        return files
