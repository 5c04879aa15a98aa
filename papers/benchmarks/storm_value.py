"""One long-run value by Storm: prints a line of JSON. Runs in an environment that has stormpy.

    storm_value.py FILE CONSTANTS PROPERTY default|sound
"""
import json
import sys
import time

import stormpy
import stormpy.environments


def main() -> None:
    file, constants, wanted, environment = sys.argv[1:]
    start = time.perf_counter()
    if file.endswith(".jani"):
        description, properties = stormpy.parse_jani_model(file, property_filter=[wanted])
    else:
        description = stormpy.parse_prism_program(file, prism_compatibility=True)
    if constants:
        values = dict(pair.split("=") for pair in constants.split(","))
        description, _ = stormpy.instantiate_constants(description, {name: json.loads(text) for name, text in values.items()})
    if not file.endswith(".jani"):
        as_storm = wanted.replace("[ S ]", "[ LRA ]").replace("S=?", "LRA=?")
        properties = stormpy.parse_properties(as_storm, description)
    model = stormpy.build_model(description, properties)
    chosen = stormpy.environments.sound() if environment == "sound" else None
    result = stormpy.model_checking(model, properties[0], only_initial_states=True, environment=chosen)
    value = result.get_value(model.initial_states[0])
    print(json.dumps({"value": value, "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
