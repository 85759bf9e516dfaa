package dev.signalbox.serverfactory.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class TextSearchTest {

  @Property(tries = 500)
  void givenLongTexts_whenOneIsLookedForInTheOther_thenTheResultIsThatOfTheJdk(
      @ForAll @CharRange(from = 'a', to = 'b') @StringLength(min = 1, max = 12) String part,
      @ForAll @CharRange(from = 'a', to = 'b') @StringLength(max = 8) String before,
      @ForAll @CharRange(from = 'a', to = 'b') @StringLength(max = 8) String end)
      throws Exception {
    String text = before + part.repeat(200) + end;
    String wanted = (part.repeat(199) + end).substring(part.length() / 2);

    assertThat(TextSearch.contains(text.repeat(3), wanted.repeat(2), new MatchBudget()))
        .isEqualTo(text.repeat(3).contains(wanted.repeat(2)));
    assertThat(TextSearch.contains(text, wanted, new MatchBudget()))
        .isEqualTo(text.contains(wanted));
  }

  @Test
  void givenATextThatBeginsAgainAtEachCharacter_whenLookedFor_thenItEnds() throws Exception {
    String wanted = "a".repeat(1_000_000) + "b";

    assertThat(TextSearch.contains("a".repeat(4_000_000), wanted, new MatchBudget())).isFalse();
    assertThat(TextSearch.contains("a".repeat(3_000_000) + "b", wanted, new MatchBudget()))
        .isTrue();
  }

  @Test
  void givenASpentBudget_whenATextIsLookedFor_thenItIsRefused() throws Exception {
    MatchBudget budget = new MatchBudget();
    budget.take(MatchBudget.MAX_WORK);

    assertThat(budget.isSpent()).isFalse();
    assertThatThrownBy(() -> TextSearch.contains("a", "a", budget))
        .isInstanceOf(MatchBoundException.class)
        .hasMessage("the conditions on it need more than 4000000 steps in all");
    assertThat(budget.isSpent()).isTrue();
  }

  @Test
  void givenMoreWorkThanALongHolds_whenTaken_thenTheBudgetIsSpent() {
    MatchBudget budget = new MatchBudget();

    assertThatThrownBy(() -> budget.take(Long.MAX_VALUE)).isInstanceOf(MatchBoundException.class);
    assertThatThrownBy(() -> budget.take(Long.MAX_VALUE)).isInstanceOf(MatchBoundException.class);
    assertThatThrownBy(() -> budget.take(0)).isInstanceOf(MatchBoundException.class);
  }
}
