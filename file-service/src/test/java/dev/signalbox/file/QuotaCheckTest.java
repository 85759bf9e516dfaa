package dev.signalbox.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.platform.diagnostic.FindingCode;
import dev.signalbox.platform.diagnostic.Symptom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuotaCheckTest {

  @Test
  void givenAQuota_whenMoreThanNineTenthsAreUsed_thenItIsASymptomUntilFilesAreDeleted() {
    AtomicLong used = new AtomicLong(900);
    QuotaCheck check = new QuotaCheck(used::get, 1_000);
    assertThat(check.check()).isEmpty();

    used.set(901);
    Symptom symptom = check.check().getFirst();
    assertThat(symptom.code()).isEqualTo(FindingCode.FILE_QUOTA);
    assertThat(symptom.detail())
        .isEqualTo("Files take 901 of 1000 bytes (file.max-total-bytes), 90.1 %.");

    used.set(0);
    assertThat(check.check()).isEmpty();
  }
}
