"""Small windows over the screen: a form, work under way, and what became of it."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from gateway.cli.review.desk import Answers, Outcome
from gateway.cli.review.forms import Form
from gateway.cli.words import say


class Dialog(ModalScreen[Answers | None]):
    """Asks every question of a form; gives the answers, or None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave it")]

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form

    def compose(self) -> ComposeResult:
        """Title, what it is about, a line for each question."""
        with VerticalScroll(classes="window") as window:
            window.can_focus = False
            yield Static(Text(self._form.title, "bold"))
            for line in self._form.about:
                yield Static(line, classes="line")
            for question in self._form.questions:
                yield Label(Text(say(question.label)), classes="question")
                yield Input(question.usual, id=question.name, compact=True)
            yield Static(id="missing")
            yield Static(Text(say("Enter: do it    Tab: next line    Esc: leave it"), "dim"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the answers, or go to the first line that needs one."""
        event.stop()
        answers = {one.id or "": one.value.strip() for one in self.query(Input)}
        for question in self._form.questions:
            if question.is_needed and not answers[question.name]:
                missing = self.query_one(f"#{question.name}", Input)
                if missing is event.input:
                    label = say(question.label)
                    words = Text(say("{question}: an answer is needed", question=label), "bold red")
                    self.query_one("#missing", Static).update(words)
                missing.focus()
                return
        self.dismiss(answers)

    def action_leave(self) -> None:
        """Do nothing."""
        self.dismiss(None)


class Busy(ModalScreen[None]):
    """Says what is under way. It cannot be left: a release must not be lost sight of."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        """The words."""
        yield Static(Text(say(self._words)), classes="window")


class Told(ModalScreen[None]):
    """What became of it, until a key is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,space,q", "leave", "Go on")]

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self._outcome = outcome

    def compose(self) -> ComposeResult:
        """The words of the commands."""
        with VerticalScroll(classes="window"):
            yield Static(self._outcome.text, id="told")
            yield Static(Text("\n" + say("Enter: go on"), "dim"))

    def action_leave(self) -> None:
        """Back to where it was asked."""
        self.dismiss(None)
