package dev.signalbox.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.cli.client.ClientJson;
import dev.signalbox.cli.client.Style;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.doctor.PlaceCheck.Status;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** What the doctor prints: text as it comes, or one JSON document at the end. */
final class DoctorReport {

  private static final int WIDTH = 8;
  private static final String INDENT = " ".repeat(WIDTH + 4);

  private final PrintStream out;
  private final Style style;
  private final boolean json;
  private final List<PlaceCheck> place = new ArrayList<>();
  private Status worst = Status.OK;

  DoctorReport(PrintStream out, Style style, boolean json) {
    this.out = out;
    this.style = style;
    this.json = json;
  }

  /** Begins with the checks of the place. */
  void place() {
    if (!json) {
      out.println(style.heading("This place"));
    }
  }

  /** One check of the place. */
  void add(PlaceCheck check) {
    keep(check);
    if (!json) {
      line(check);
    }
  }

  private void keep(PlaceCheck check) {
    place.add(check);
    worsen(check.status());
  }

  private void worsen(Status status) {
    worst = status.compareTo(worst) > 0 ? status : worst;
  }

  /**
   * Ends with what the system answered.
   *
   * @param where it was asked, such as {@code at http://127.0.0.1:8080}
   * @return the exit code
   */
  int end(SystemAnswer answer, String where) {
    boolean local = !place.isEmpty();
    JsonNode findings = answer.findings();
    PlaceCheck check = answer.check(where);
    if (local) {
      keep(check);
    }
    if (findings != null) {
      worsen(
          switch (findings.path("status").asText()) {
            case "ok" -> Status.OK;
            case "warning" -> Status.WARNING;
            default -> Status.ERROR;
          });
      if (!findings.path("unanswered").isEmpty()) {
        worsen(Status.WARNING);
      }
    }
    if (json) {
      out.println(document(answer));
    } else {
      if (local) {
        out.println();
      }
      out.println(style.heading("The system " + where));
      if (findings != null) {
        system(findings);
      } else if (check.status() == Status.OK) {
        out.println("  " + label("-") + "  " + Printable.of(answer.reason()));
      } else {
        line(check);
      }
    }
    return worst == Status.OK ? 0 : 1;
  }

  private ObjectNode document(SystemAnswer answer) {
    ObjectNode document = ClientJson.mapper().createObjectNode();
    document.put("status", worst.label());
    var checks = document.putArray("place");
    place.forEach(check ->
        checks
            .addObject()
            .put("check", check.name())
            .put("status", check.status().label())
            .put("detail", check.detail())
            .put("action", check.action()));
    document.set("system", answer.findings());
    document.put("not_asked", answer.findings() == null ? answer.reason() : null);
    return document;
  }

  private void line(PlaceCheck check) {
    out.println(
        "  "
            + label(check.status().label())
            + "  "
            + Printable.of(check.name() + ": " + check.detail()));
    if (!check.action().isEmpty()) {
      out.println(INDENT + "→ " + Printable.of(check.action()));
    }
  }

  private void system(JsonNode system) {
    JsonNode processes = system.path("processes");
    system.path("findings").forEach(finding -> finding(finding, processes));
    system
        .path("unanswered")
        .forEach(each -> unheard("warning", "no answer", each, Printable.of(each.path("reason"))));
    system
        .path("not_asked")
        .forEach(
            each -> unheard("-", "not asked", each, whyNotAsked(each.path("version"), processes)));
    if (system.path("findings").isEmpty()) {
      out.println("  " + label("ok") + "  nothing is wrong; processes asked: " + processes.size());
    }
  }

  /** An instance without findings. */
  private void unheard(String label, String what, JsonNode instance, String why) {
    out.println(
        "  "
            + label(label)
            + "  "
            + what
            + ": "
            + Printable.of(instance.path("service"))
            + " "
            + Printable.of(instance.path("node"))
            + " at "
            + Printable.of(instance.path("host"))
            + ": "
            + why);
  }

  /** One that has just ended is listed too, until the gateway misses it. */
  private static String whyNotAsked(JsonNode version, JsonNode processes) {
    for (JsonNode process : processes) {
      if (process.path("version").equals(version)) {
        return "it serves no diagnostics, which its version "
            + Printable.of(version)
            + " has; it may have ended";
      }
    }
    return "its version " + Printable.of(version) + " has no diagnostics";
  }

  private void finding(JsonNode finding, JsonNode processes) {
    String service = finding.path("service").asText("");
    String host = finding.path("host").asText("");
    out.println(
        "  "
            + label(Printable.of(finding.path("severity")))
            + "  "
            + Printable.of(finding.path("code"))
            + (service.isEmpty() ? "" : " of " + Printable.of(service))
            + (host.isEmpty() ? "" : " at " + Printable.of(host))
            + process(finding.path("process").asText(""), processes)
            + ", since "
            + Printable.of(finding.path("since")));
    out.println(
        INDENT + Printable.of(finding.path("title")) + ". " + Printable.of(finding.path("detail")));
    out.println(
        INDENT
            + "→ "
            + Printable.of(finding.path("action"))
            + " ("
            + Printable.of(finding.path("docs"))
            + ")");
  }

  /** Which of the processes of a host it is: people know one by its pid. */
  private static String process(String id, JsonNode processes) {
    if (id.isEmpty()) {
      return "";
    }
    for (JsonNode process : processes) {
      if (process.path("process").asText().equals(id) && process.path("pid").isIntegralNumber()) {
        return " (pid " + process.path("pid").asText() + ")";
      }
    }
    return " (process " + Printable.of(id) + ")";
  }

  private String label(String text) {
    String padded = text + " ".repeat(Math.max(0, WIDTH - text.length()));
    return switch (text) {
      case "ok" -> style.good(padded);
      case "error", "warning" -> style.bad(padded);
      default -> padded;
    };
  }
}
