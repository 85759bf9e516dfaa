/** HTML pages: templates that escape every value, and the files of the pages. */
@NullMarked
package dev.signalbox.gateway.page;

import org.jspecify.annotations.NullMarked;
