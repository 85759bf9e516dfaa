package dev.signalbox.platform.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A component of a configuration record that can be set. Its key is the component's name in
 * kebab-case under the record's prefix.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

  /** The value when nothing sets it, written as in a file. */
  String value();

  /** What it means, with unit and range; one sentence. */
  String doc();

  /** Whether the value must never be shown. */
  boolean secret() default false;
}
