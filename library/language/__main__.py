"""Makes the files of all dictionaries, so that the first words do not wait for them: `python -m library.language`.

Each language is made by a process of its own (`dictionaries.py`), as many at a time as there are processors.
"""

import os
from concurrent.futures import ThreadPoolExecutor

from library.language.dictionaries import dictionary
from library.language.lemmas import LEMMA_LANGUAGES

if __name__ == "__main__":
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(dictionary, LEMMA_LANGUAGES))
