package dev.signalbox.platform.json;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Collects what is wrong with a request, to report it together. Keeps the first {@value #MAX_KEPT}
 * and counts the rest, so that a large request that is wrong everywhere has a small answer.
 */
public final class FieldProblems {

  /** Problems that are kept. */
  public static final int MAX_KEPT = 50;

  private final List<FieldProblem> kept = new ArrayList<>(2);
  private int count;

  /**
   * Adds a problem.
   *
   * @param pointer where it is; a name in it that a client chose is to be {@link #shortened}
   */
  public void add(String pointer, String message) {
    add(() -> pointer, message);
  }

  /** The same with a pointer that is made only if the problem is kept. */
  void add(Supplier<String> pointer, String message) {
    count++;
    if (kept.size() < MAX_KEPT) {
      kept.add(new FieldProblem(pointer.get(), message));
    }
  }

  /** Adds the problems of another reading, those that it did not keep to the count alone. */
  public void addAll(FieldProblems others, UnaryOperator<FieldProblem> change) {
    for (FieldProblem other : others.kept) {
      FieldProblem problem = change.apply(other);
      add(problem.pointer(), problem.message());
    }
    count += others.count - others.kept.size();
  }

  /** A name that a client chose, fit for a pointer or a message. */
  public static String shortened(String name) {
    return JsonPointers.shortened(name);
  }

  /** The first problems, in the order they were found. */
  public List<FieldProblem> kept() {
    return List.copyOf(kept);
  }

  /** How many there were, those not kept included. */
  public int total() {
    return count;
  }

  /**
   * The end of collecting.
   *
   * @throws ServiceException INVALID_REQUEST with the problems, if there are any
   */
  public void throwIfAny() {
    if (count == 0) {
      return;
    }
    FieldProblem first = kept.getFirst();
    String field = first.pointer().isEmpty() ? "" : first.pointer() + " ";
    throw new ServiceException(
        ErrorCode.INVALID_REQUEST, field + first.message() + more(count - 1), kept);
  }

  private String more(int others) {
    if (others == 0) {
      return "";
    }
    String listed = count > kept.size() ? "; the first " + kept.size() + " are listed" : "";
    return " (and " + others + " more" + listed + ")";
  }
}
