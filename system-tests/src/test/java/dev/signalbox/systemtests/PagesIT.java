package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.LongTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages in a browser. */
@LongTest
class PagesIT {

  private final Deployment system = Shape.ONE_PROCESS.shared();

  @ParameterizedTest
  @CsvSource({"messages,/,ensus", "messages,/errors,length:3", "main,/docs,/run_task"})
  void aPageShowsItselfWithoutErrors(String door, String path, String content) {
    Browser browser = Browser.required();
    Census census = new Census(system.doors().main());
    int index = census.add(0);
    census.takeAll();
    census.submit(index, "bad");
    int port = door.equals("main") ? system.doors().main() : system.doors().messages();

    Browser.Visit visit =
        browser.open("http://localhost:" + port + path, "page" + path.replace('/', '-'));

    assertThat(visit.errors()).isEmpty();
    assertThat(visit.text()).contains(content);
    assertThat(visit.screenshot()).isNotEmptyFile();
  }

  @Test
  void anErrorOfAPageWouldBeSeen() {
    Browser browser = Browser.required();
    new Site(system)
        .put("broken.html", "<img src=\"/missing.png\"><script>nothing.like.this()</script>");

    Browser.Visit visit =
        browser.open("http://localhost:" + system.doors().main() + "/broken.html", "broken");

    assertThat(visit.errors())
        .anySatisfy(error -> assertThat(error).contains("nothing is not defined"))
        // Of what a sandboxed page could not load the browser tells no address.
        .anySatisfy(error -> assertThat(error).contains("Network.loadingFailed"));
  }
}
