"""`python -m simulator`: WeChat's side from a terminal."""

from .own_python import advised

_COMMAND = "python -m simulator"

with advised(_COMMAND):
    from .chinese_help import speak_chinese
    from .command import main
    from .language import Language

    if Language.of() is Language.CHINESE:
        speak_chinese(main)
    main(prog_name=_COMMAND)
