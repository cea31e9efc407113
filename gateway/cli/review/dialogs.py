"""Small windows over the screen: a form, work under way, and what became of it."""

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static

from gateway.cli.review.desk import Answers, Outcome
from gateway.cli.review.forms import MORE, Form, possible
from gateway.cli.terminal import cell
from gateway.cli.words import retell, say
from quarantine import Item


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
                yield Input(
                    question.usual, id=question.name, compact=True, password=question.is_secret
                )
            yield Static(id="missing")
            yield Static(Text(say("Enter: do it    Tab: next line    Esc: leave it"), "dim"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the answers, or go to the first line that needs one."""
        event.stop()
        # A password is what was typed, spaces and all.
        answers = {
            one.id or "": one.value if one.password else one.value.strip()
            for one in self.query(Input)
        }
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


class Menu(ModalScreen[str]):
    """Offers what can be done with an item; gives the name of one deed, or ""."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,m", "leave", "Leave it"),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
    ]

    def __init__(self, item: Item) -> None:
        super().__init__()
        self._deeds = possible(item)
        self._title = f"{item.id}   {retell(item.kind)}, {retell(item.state)}"

    def compose(self) -> ComposeResult:
        """A line for each, with its key."""
        with VerticalScroll(classes="window") as window:
            window.can_focus = False
            yield Static(cell(self._title, "bold"))
            yield OptionList(*(_offer(deed) for deed in self._deeds), compact=True)
            yield Static(Text(say("Enter or its letter: choose    Esc: leave it"), "dim"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give the chosen one."""
        self.dismiss(self._deeds[event.option_index])

    def on_key(self, event: events.Key) -> None:
        """Give the one with this letter."""
        chosen = [deed for deed in self._deeds if MORE[deed][0] == event.key]
        if chosen:
            event.stop()
            self.dismiss(chosen[0])

    def action_down(self) -> None:
        """One line down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """One line up."""
        self.query_one(OptionList).action_cursor_up()

    def action_leave(self) -> None:
        """Do nothing."""
        self.dismiss("")


def _offer(deed: str) -> Text:
    letter, words = MORE[deed]
    return Text.assemble((letter, "bold"), "  ", say(words))


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
