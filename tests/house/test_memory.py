"""What a web worker holds in memory from its start."""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RARE = ("openpyxl", "docx", "lxml", "pdfminer", "typst")


def test_a_web_worker_reads_the_libraries_of_papers_only_when_one_is_made():
    asked = f"import config.wsgi, config.urls, sys; print([name for name in {RARE} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
