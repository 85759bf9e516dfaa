package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.signalbox.systemtests.Browser.Tab;
import dev.signalbox.testsupport.LongTest;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The view of files in a browser. */
@LongTest
class FilesViewIT {

  private static final String FIELD = "document.getElementById('choose')";
  private static final String AGAIN = "document.getElementById('choose-again')";
  private static final String LISTED = "document.querySelector('tbody') !== null";
  private static final String NONE = "document.querySelector('.panel.none') !== null";
  private static final String UPLOADS =
      "(document.querySelector('.uploads')?.textContent.replace(/\\s+/g, ' ') ?? '')";
  private static final String FAR_ENOUGH =
      "Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')) > 5";

  private static final int LARGE_BYTES = 10_000_000;
  private static final int MAX_UPLOAD_BYTES = 20_000_000;
  private static final int SLOW_BYTES_PER_SECOND = 1_000_000;
  private static final String READER = "reader-0123456789abcdef";

  private static Browser browser;
  private static OneProcess system;
  private static Site site;
  private static DashboardPages pages;
  private static Path sources;

  @BeforeAll
  static void start() {
    browser = Browser.required();
    system =
        OneProcess.start(
            DashboardPages.settings("file.max-upload-bytes", Integer.toString(MAX_UPLOAD_BYTES)));
    site = new Site(system);
    pages = new DashboardPages(browser, system.doors().main());
    sources = Scratch.directory("sources");
  }

  @AfterAll
  static void stop() {
    if (pages != null) {
      pages.close();
      system.close();
    }
  }

  /** A file of the person at the browser. */
  private static Path source(String name, byte[] content) {
    try {
      return Files.write(Files.createTempDirectory(sources, "s").resolve(name), content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String quoted(String text) {
    return JsonNodeFactory.instance.textNode(text).toString();
  }

  private static void press(Tab tab, String button) {
    tab.evaluate(
        "[...document.querySelectorAll('#main button, dialog button')].findLast(one =>"
            + " one.textContent.trim() === "
            + quoted(button)
            + ").click()");
  }

  private static String count(String selector, String text) {
    return "[...document.querySelectorAll("
        + quoted(selector)
        + ")].filter(one => one.textContent.includes("
        + quoted(text)
        + ")).length";
  }

  /** Whether a row of the listing has this name. */
  private static String listed(String name) {
    return count("tbody th", name) + " > 0";
  }

  private static byte[] stored(String path) {
    try {
      return Files.readAllBytes(site.root().resolve(path));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A folder of the site with one file; its path without slashes around it. */
  private static String folder(String file, byte[] content) {
    String folder = Site.unique("");
    site.put(folder + file, content);
    return folder.replace("/", "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "100%",
        "#1",
        "a&b+c",
        "<b>bold<",
        "\u65e5\u672c\u8a9e",
        "\u05e9\u05dc\u05d5\u05dd",
        "e\u0301"
      })
  void givenAFolderOfAnyName_whenItsLinkIsFollowed_thenItsFileIsShownAndOpens(String name) {
    String above = folder("readme.txt", new byte[] {'x'});
    // By HTTP: whether this process may write such a name depends on its locale.
    String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    Reply put =
        Http.send(
            system.doors().main(),
            "PUT",
            "/api/v1/files/" + above + "/" + encoded + "/" + encoded + ".txt",
            name);
    assertThat(put.status()).as(put.toString()).isEqualTo(201);
    try (Tab tab = pages.open("/ui/files?path=/" + above + "/")) {
      tab.await(listed(name + "/"));
      tab.evaluate("window.sameDocument = true");

      tab.evaluate("document.querySelector('tr.folder a').click()");
      tab.await(listed(name + ".txt"));

      assertThat(
              tab.evaluate(
                      "fetch(document.querySelector('tr.file a').href).then(one => one.text())")
                  .asText())
          .isEqualTo(name);
      assertThat(tab.evaluate("document.querySelector('.crumbs').textContent").asText())
          .contains(above)
          .contains(name);
      assertThat(tab.evaluate("window.sameDocument").asBoolean()).isTrue();
      assertThat(tab.evaluate("document.querySelectorAll('#main b').length").asInt()).isZero();
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenMoreThanAPage_whenTheNextIsAskedFor_thenTheRestIsShown() throws IOException {
    String folder = folder("f000.txt", new byte[] {'x'});
    for (int i = 1; i < 250; i++) {
      Files.writeString(site.root().resolve("%s/f%03d.txt".formatted(folder, i)), "x");
    }
    try (Tab tab = pages.open("/ui/files?path=/" + folder + "/")) {
      tab.await(listed("f000.txt"));
      assertThat(tab.evaluate(listed("f249.txt")).asBoolean()).isFalse();

      tab.evaluate("[...document.querySelectorAll('.pages a')].at(-1).click()");

      tab.await(listed("f249.txt"));
      assertThat(tab.evaluate(listed("f000.txt")).asBoolean()).isFalse();
    }
  }

  @Test
  void givenAnOpenFolder_whenAnotherClientStoresAFile_thenItAppearsWithoutReloading() {
    String folder = folder("first.txt", new byte[] {'x'});
    try (Tab tab = pages.open("/ui/files?path=/" + folder + "/")) {
      tab.await(listed("first.txt"));
      tab.evaluate("window.sameDocument = true");

      site.put(folder + "/second.txt", new byte[] {'y'});

      tab.await(listed("second.txt"));
      assertThat(tab.evaluate("window.sameDocument").asBoolean()).isTrue();
    }
  }

  @Test
  void givenAFolderThatIsNotThere_whenAFileIsUploadedIntoIt_thenBothAreThere() {
    String folder = Site.unique("").replace("/", "");
    byte[] content = Site.picture(100);
    try (Tab tab = pages.open("/ui/files?path=/" + folder + "/")) {
      tab.await(NONE);
      assertThat(tab.evaluate("document.querySelector('.none').textContent").asText())
          .contains("does not exist yet");

      tab.chooseFiles(
          FIELD, List.of(source("one 100%?#.bin", content), source("empty.txt", new byte[0])));

      tab.await(UPLOADS + ".includes('2 of 2 files done')");
      tab.await(listed("one 100%?#.bin"));
      assertThat(stored(folder + "/one 100%?#.bin")).isEqualTo(content);
      assertThat(stored(folder + "/empty.txt")).isEmpty();
    }
  }

  @Test
  void givenAFileOfThatName_whenUploaded_thenItIsReplacedOnlyWhenThatIsPressed() {
    String folder = folder("same.txt", new byte[] {'o', 'l', 'd'});
    try (Tab tab = pages.open("/ui/files?path=/" + folder + "/")) {
      tab.await(listed("same.txt"));

      tab.chooseFiles(FIELD, List.of(source("same.txt", new byte[] {'n', 'e', 'w'})));
      tab.await(UPLOADS + ".includes('already a file of this name')");
      assertThat(stored(folder + "/same.txt")).asString().isEqualTo("old");

      press(tab, "Replace");
      tab.await(UPLOADS + ".includes('1 of 1 file done')");
      assertThat(stored(folder + "/same.txt")).asString().isEqualTo("new");
    }
  }

  @Test
  void givenAnUploadUnderWay_whenItsFileIsDeletedFromTheDisk_thenThePageSaysSo()
      throws IOException {
    String folder = folder("readme.txt", new byte[] {'x'});
    Path file = source("deleted.bin", Site.picture(LARGE_BYTES));
    try (Tab tab = pages.open("/ui/files?path=/" + folder + "/")) {
      tab.await(LISTED);
      tab.limitUpload(SLOW_BYTES_PER_SECOND);
      tab.chooseFiles(FIELD, List.of(file));
      tab.await(FAR_ENOUGH);

      Files.delete(file);
      pages.cut();
      try {
        tab.await(UPLOADS + ".includes('can no longer be read')");
        tab.limitUpload(-1);
      } finally {
        pages.restore();
      }
    }
  }

  @Test
  void givenAnUploadUnderWay_whenTheConnectionIsCutAndBack_thenItGoesOnAndNothingIsLost() {
    String folder = folder("readme.txt", new byte[] {'x'});
    byte[] content = Site.picture(LARGE_BYTES);
    try (Tab tab = pages.open("/ui/files?path=/" + folder + "/")) {
      tab.await(LISTED);
      tab.limitUpload(SLOW_BYTES_PER_SECOND);
      tab.chooseFiles(FIELD, List.of(source("large.bin", content)));
      tab.await(FAR_ENOUGH);

      pages.cut();
      try {
        tab.await(UPLOADS + ".includes('No connection to the gateway')");
        assertThat(tab.evaluate(listed("readme.txt")).asBoolean()).isTrue();
        tab.limitUpload(-1);
      } finally {
        pages.restore();
      }

      tab.await(UPLOADS + ".includes('1 of 1 file done')");
      tab.await(listed("large.bin"));
      assertThat(stored(folder + "/large.bin")).isEqualTo(content);
    }
  }

  @Test
  void givenAnUploadUnderWay_whenThePageIsReloadedAndTheFileChosenAgain_thenItGoesOn() {
    String folder = folder("readme.txt", new byte[] {'x'});
    byte[] content = Site.picture(LARGE_BYTES);
    Path large = source("large.bin", content);
    try (Tab tab = pages.open("/ui/files?path=/" + folder + "/")) {
      tab.await(LISTED);
      tab.limitUpload(SLOW_BYTES_PER_SECOND);
      tab.chooseFiles(FIELD, List.of(large));
      tab.await(FAR_ENOUGH);

      tab.reload();
      tab.await(UPLOADS + ".includes('Interrupted')");
      tab.limitUpload(-1);
      press(tab, "Choose the file");
      tab.chooseFiles(AGAIN, List.of(source("large.bin", new byte[] {'x'})));
      tab.await("document.getElementById('toasts').textContent.includes('another file')");
      press(tab, "Choose the file");
      tab.chooseFiles(AGAIN, List.of(large));

      tab.await(UPLOADS + ".includes('1 of 1 file done')");
      assertThat(stored(folder + "/large.bin")).isEqualTo(content);
    }
  }

  @Test
  void givenAnUploadUnderWay_whenPausedResumedAndCancelled_thenNothingOfItIsLeft() {
    String folder = folder("readme.txt", new byte[] {'x'});
    try (Tab tab = pages.open("/ui/files?path=/" + folder + "/")) {
      tab.await(LISTED);
      tab.limitUpload(SLOW_BYTES_PER_SECOND);
      tab.chooseFiles(FIELD, List.of(source("large.bin", Site.picture(LARGE_BYTES))));
      tab.await(FAR_ENOUGH);

      press(tab, "Pause");
      tab.await(UPLOADS + ".includes('Paused at')");
      press(tab, "Resume");
      tab.await("document.querySelector('.upload.sending') !== null && " + FAR_ENOUGH);
      press(tab, "Cancel");

      tab.await("document.querySelector('.uploads') === null");
      tab.await("localStorage.getItem('signalbox.uploads') === '[]'");
      assertThat(site.root().resolve(folder + "/large.bin")).doesNotExist();
    }
  }

  @Test
  void givenAFileThatIsTooLarge_whenUploaded_thenTheLimitIsSaid() {
    try (Tab tab = pages.open("/ui/files")) {
      tab.await(LISTED + " || " + NONE);

      tab.chooseFiles(FIELD, List.of(source("too-large.bin", Site.picture(MAX_UPLOAD_BYTES + 1))));

      tab.await(UPLOADS + ".includes('Too large: an upload may hold at most 20000000 bytes')");
    }
  }

  @Test
  void givenNoRoom_whenUploaded_thenTheQuotaIsSaid() {
    try (OneProcess full =
            OneProcess.start(DashboardPages.settings("file.max-total-bytes", "1000"));
        DashboardPages view = new DashboardPages(browser, full.doors().main());
        Tab tab = view.open("/ui/files")) {
      tab.await(LISTED + " || " + NONE);

      tab.chooseFiles(FIELD, List.of(source("much.bin", Site.picture(2_000))));

      tab.await(UPLOADS + ".includes('No room for it')");
      assertThat(tab.evaluate(UPLOADS).asText()).contains("Try again");
    }
  }

  @Test
  void givenAReader_whenSomethingIsUploaded_thenTheMissingRoleIsSaidAndFilesAreStillShown()
      throws IOException {
    Path tokens =
        Files.writeString(Scratch.directory("tokens").resolve("tokens"), "reader:" + READER + "\n");
    try (OneProcess guarded =
            OneProcess.start(DashboardPages.settings("gateway.tokens-file", tokens.toString()));
        DashboardPages view = new DashboardPages(browser, guarded.doors().main());
        Tab tab = view.open("/ui/settings")) {
      Files.createDirectories(guarded.data().resolve("files/shown"));
      tab.evaluate("localStorage.setItem('signalbox.token', '" + READER + "')");
      tab.evaluate("document.querySelector('#shell a[href=\"/ui/files\"]').click()");
      tab.await(listed("shown/"));

      tab.chooseFiles(FIELD, List.of(source("mine.txt", new byte[] {'x'})));

      tab.await(UPLOADS + ".includes('Not allowed') && " + UPLOADS + ".includes('operator')");
      assertThat(tab.evaluate(listed("shown/")).asBoolean()).isTrue();
    }
  }

  @Test
  void givenAFile_whenItsDigestIsComputedAndItIsMovedAndDeleted_thenEachIsDone() {
    String folder = folder("old.txt", new byte[] {'a', 'b', 'c'});
    try (Tab tab = pages.open("/ui/files?path=/" + folder + "/")) {
      tab.await(listed("old.txt"));

      press(tab, "More");
      press(tab, "Compute");
      tab.await(
          count(".digest code", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
              + " === 1");

      tab.evaluate(
          "document.getElementById('to').value = " + quoted("/" + folder + "/new %23#.txt"));
      press(tab, "Move");
      tab.await(listed("new %23#.txt"));
      assertThat(stored(folder + "/new %23#.txt")).asString().isEqualTo("abc");
      assertThat(site.root().resolve(folder + "/old.txt")).doesNotExist();

      press(tab, "More");
      press(tab, "Delete");
      tab.await("document.querySelector('dialog[open]') !== null");
      assertThat(stored(folder + "/new %23#.txt")).as("asked first").isNotEmpty();
      press(tab, "Delete");
      tab.await(NONE);
      assertThat(site.root().resolve(folder)).doesNotExist();
    }
  }

  @Test
  void givenAFileAtTheNewPath_whenMovedThere_thenItIsReplacedOnlyWhenThatIsConfirmed() {
    String folder = folder("one.txt", new byte[] {'1'});
    site.put(folder + "/two.txt", new byte[] {'2'});
    try (Tab tab = pages.open("/ui/files?path=/" + folder + "/")) {
      tab.await(listed("two.txt"));
      tab.evaluate("document.querySelector('tr.file [aria-expanded]').click()");
      tab.await("document.getElementById('to') !== null");
      tab.evaluate("document.getElementById('to').value = " + quoted("/" + folder + "/two.txt"));

      press(tab, "Move");
      tab.await("document.querySelector('dialog[open]') !== null");
      assertThat(stored(folder + "/two.txt")).asString().isEqualTo("2");
      press(tab, "Replace");

      tab.await(count("tr.file", ".txt") + " === 1");
      assertThat(stored(folder + "/two.txt")).asString().isEqualTo("1");
    }
  }

  @Test
  void givenADetailsPanel_whenTheNewPathIsRefused_thenTheErrorStandsInThePanel() {
    String folder = folder("one.txt", new byte[] {'1'});
    try (Tab tab = pages.open("/ui/files?path=/" + folder + "/")) {
      tab.await(listed("one.txt"));
      press(tab, "More");
      tab.await("document.getElementById('to') !== null");

      tab.evaluate("document.getElementById('to').value = '/../.hidden'");
      press(tab, "Move");

      tab.await("document.querySelector('.details [role=alert]') !== null");
      assertThat(stored(folder + "/one.txt")).asString().isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {360, 1280, 2560})
  void givenAScreen_whenAFileIsOpenAndOneUploaded_thenNobodyIsKeptOutAndNothingScrollsSideways(
      int width) {
    String folder = folder("x".repeat(200) + ".txt", new byte[] {'1'});
    site.put(folder + "/deep/inside.txt", new byte[] {'2'});
    try (Tab tab = pages.open("/ui/files?path=/" + folder + "/", width)) {
      tab.await(listed("deep/"));
      press(tab, "More");
      tab.await("document.getElementById('to') !== null");
      tab.chooseFiles(FIELD, List.of(source("uploaded.txt", new byte[] {'x'})));
      tab.await(UPLOADS + ".includes('1 of 1 file done')");
      tab.await(listed("uploaded.txt"));

      DashboardPages.examineInBothSchemes(tab, "files-" + width);
    }
  }
}
