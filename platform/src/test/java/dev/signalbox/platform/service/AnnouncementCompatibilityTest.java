package dev.signalbox.platform.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.platform.json.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Percentiles and databases that may be null, between replicas of two versions. */
class AnnouncementCompatibilityTest {

  /** As it was before percentiles could be null. */
  record OldLoad(long inFlight, long handled, long failed, double p50Ms, double p99Ms) {}

  private static Announcement.Load read(String json) throws Exception {
    return Json.read(json.getBytes(StandardCharsets.UTF_8), Announcement.Load.class);
  }

  @Test
  void givenAnOlderReplicaWhenItAnnouncesNumbersThenTheyAreRead() throws Exception {
    byte[] json = Json.bytes(new OldLoad(1, 2, 3, 0.0, 2.5));

    assertThat(Json.read(json, Announcement.Load.class))
        .isEqualTo(new Announcement.Load(1, 2, 3, 0.0, 2.5));
  }

  @Test
  void givenNullsWhenAnOlderReplicaReadsThemThenItTakesThemForZero() throws Exception {
    byte[] json = Json.bytes(new Announcement.Load(1, 2, 3, null, null));

    assertThat(Json.read(json, OldLoad.class)).isEqualTo(new OldLoad(1, 2, 3, 0, 0));
  }

  @Test
  void givenAnOlderReplicaWhenItAnnouncesNoDatabaseThenItIsRead() throws Exception {
    String json =
        "{\"service\":\"s\",\"node\":\"n\",\"host\":\"h\",\"version\":\"1\",\"since_epoch_ms\":1,"
            + "\"state\":\"ready\",\"operations\":[],\"task_types\":[],\"load\":{}}";

    assertThat(Json.read(json.getBytes(StandardCharsets.UTF_8), Announcement.class).database())
        .isNull();
  }

  @Test
  void givenNullOrAbsentPercentilesOrUnknownFieldsWhenReadThenTheyAreTolerated() throws Exception {
    assertThat(read("{\"in_flight\":1,\"p50_ms\":null,\"p75_ms\":7}"))
        .isEqualTo(new Announcement.Load(1, 0, 0, null, null));
  }
}
