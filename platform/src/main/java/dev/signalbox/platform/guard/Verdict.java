package dev.signalbox.platform.guard;

/** Whether an address may be contacted. */
public sealed interface Verdict {

  /** It may. */
  record Allowed() implements Verdict {

    static final Allowed ALLOWED = new Allowed();
  }

  /**
   * It may not.
   *
   * @param address the address as text
   * @param rule which rule forbids it, in words
   */
  record Blocked(String address, String rule) implements Verdict {

    /** One sentence for the caller. */
    public String message() {
      return address + " is blocked: " + rule;
    }
  }
}
