package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The soak. No build runs it: it is no {@code *IT}. {@code system-tests/soak/run} does. */
class WholeSoak {

  private static final int MINUTES_MORE = 20;

  @Test
  void isFlat() throws Exception {
    int minutes = Integer.getInteger("signalbox.soak.minutes", 30);
    Path page = Path.of(System.getProperty("signalbox.soak.page", "soak.md"));
    Path curves = Path.of(System.getProperty("signalbox.soak.curves", "soak.svg"));

    // What an earlier run left would be taken for this one's.
    Files.deleteIfExists(page);
    Files.deleteIfExists(curves);
    OwnProcess.run(
        Soak.class,
        List.of(Integer.toString(minutes), page.toString(), curves.toString()),
        minutes + MINUTES_MORE);

    String text = Files.readString(page);
    System.out.println(text);
    assertThat(text)
        .contains("; 0 wrong answers.", "all of it was there, once and as it was sent")
        .contains("all but 0 of those within 30 s of a kill");
    assertThat(text.lines().filter(line -> line.startsWith("| ")).toList())
        .as("nothing has grown")
        .noneMatch(line -> line.contains("**"));
  }
}
