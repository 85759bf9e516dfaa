package dev.signalbox.serverfactory.body;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;

/** Counts what is done for one body: the library reports each keyword and element here. */
final class SchemaWork extends ExecutionContext {

  static final ScopedValue<SchemaWork> CURRENT = ScopedValue.newInstance();

  /** Keywords and elements looked at for one body. */
  private static final int MAX_STEPS = 100_000;

  /** Keywords within keywords; the library calls itself for each. */
  private static final int MAX_LEVELS = 400;

  /**
   * What a step takes from the budget of a request; as much work of a regular expression counts as
   * a step.
   */
  private static final int WORK_OF_A_STEP = 25;

  private static final ExecutionConfig FIRST_ERROR =
      ExecutionConfig.builder().failFast(true).build();

  /** There was more to do than one body may cost. */
  static final class BoundException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    private BoundException(String reason) {
      super(reason, null, false, false);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  private final MatchBudget budget;
  private long steps;
  private int levels;

  SchemaWork(MatchBudget budget) {
    super(FIRST_ERROR);
    this.budget = budget;
  }

  /**
   * Whether a regular expression is found in a text. Nothing is thrown here: the library would log
   * it, with the text. Once there is too much work the next keyword ends the matching.
   */
  static boolean found(TextRegex regex, String text) {
    if (!CURRENT.isBound()) {
      // Schemas of schemas have patterns of their own.
      return searched(regex, text);
    }
    SchemaWork work = CURRENT.get();
    try {
      return regex.mayBeFound(text, work.budget)
          && work.takeSteps(regex.work(text) / WORK_OF_A_STEP)
          && searched(regex, text);
    } catch (MatchBoundException spent) {
      return false;
    }
  }

  private static boolean searched(TextRegex regex, String text) {
    try {
      return regex.search(text);
    } catch (MatchBoundException tooDeep) {
      return CURRENT.isBound() && !CURRENT.get().takeSteps(MAX_STEPS);
    }
  }

  private boolean takeSteps(long more) {
    steps += more;
    // No more than what ends the matching, so that the schema is to blame and not the request.
    return steps <= MAX_STEPS && budget.tryTake(WORK_OF_A_STEP * more);
  }

  /** Takes from the budget of the request what a keyword does beyond its step, before it does. */
  void take(long units) {
    budget.tryTake(units);
    check();
  }

  /** How many keywords the present one is within. */
  int levels() {
    return levels;
  }

  void check() {
    if (steps > MAX_STEPS || budget.isSpent()) {
      throw new BoundException(MAX_STEPS + " steps");
    }
  }

  private void enter() {
    takeSteps(1);
    check();
    if (++levels > MAX_LEVELS) {
      throw new BoundException(MAX_LEVELS + " levels");
    }
  }

  @Override
  public void evaluationPathAddLast(String token) {
    enter();
    super.evaluationPathAddLast(token);
  }

  @Override
  public void evaluationPathAddLast(int token) {
    enter();
    super.evaluationPathAddLast(token);
  }

  @Override
  public void evaluationPathRemoveLast() {
    levels--;
    super.evaluationPathRemoveLast();
  }

  /** Some keywords write the text of each error of a branch that need not hold. */
  @Override
  public void addError(Error error) {
    if (!isFailFast() && error.getArguments() != null) {
      long characters = 0;
      for (Object argument : error.getArguments()) {
        characters += argument instanceof String text ? text.length() : 0;
      }
      take(characters / MatchBudget.CHARACTERS_OF_A_UNIT);
    }
    super.addError(error);
  }
}
