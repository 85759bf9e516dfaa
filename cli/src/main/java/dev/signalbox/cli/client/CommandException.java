package dev.signalbox.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;

/** Why a command cannot do what it was asked for, with its exit code. */
public final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The running system cannot be reached, or failed. */
  public static final int UNAVAILABLE = 10;

  /** The running system refused the request: curl's code for a status of 400 or above. */
  public static final int REFUSED = 22;

  /** The results could not be written. */
  public static final int WRITE_ERROR = 23;

  /** No response in time. */
  public static final int TIMEOUT = 28;

  /** What arrived is not what was sent. */
  public static final int CORRUPT = 56;

  private final int exitCode;
  private final String code;

  /**
   * A failure.
   *
   * @param code stable word for programs, as in the errors of the REST interface
   */
  public CommandException(int exitCode, String code, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
    this.code = code;
  }

  /** The exit code of the command. */
  public int exitCode() {
    return exitCode;
  }

  /** The word for programs. */
  public String code() {
    return code;
  }

  /**
   * Says what went wrong: as JSON among the results, or as text for people.
   *
   * @return the exit code
   */
  public int report(boolean json, PrintStream out, PrintStream err) {
    if (json) {
      ObjectNode document = ClientJson.mapper().createObjectNode();
      document.putObject("error").put("code", code()).put("message", getMessage());
      out.println(document);
    } else {
      err.println("Error: " + getMessage());
    }
    return exitCode();
  }
}
