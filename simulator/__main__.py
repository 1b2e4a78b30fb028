"""`python -m simulator`: WeChat's side from a terminal."""

from .chinese_help import speak_chinese
from .command import main
from .language import Language

if Language.of() is Language.CHINESE:
    speak_chinese(main)
main(prog_name="python -m simulator")
