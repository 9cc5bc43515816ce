"""Sample conversations about programs: code in several languages, tools, a diff, failures."""

from __future__ import annotations

from sessiontui.services.demo_dialogue import asks, begins, says, talk, uses

PARSER_BUG = talk(
    asks(
        """
        The importer drops a row when a field has a quote in it. `a,"5"" pipe",b` comes out
        with two columns. Can you find out why?
        """
    ),
    uses(
        "shell",
        {"command": "rg -n 'def split_row' -A 18 importer/rows.py"},
        """
        41:def split_row(line: str) -> list[str]:
        42-    fields, field, quoted = [], "", False
        43-    for char in line:
        44-        if char == '"':
        45-            quoted = not quoted
        46-        elif char == "," and not quoted:
        47-            fields.append(field)
        48-            field = ""
        49-        else:
        50-            field += char
        51-    return [*fields, field]
        """,
        think="Splitting rows by hand. Look for how a doubled quote is handled first.",
    ),
    says(
        """
        `split_row` flips `quoted` on every quote, so a doubled one leaves the state right but loses
        the character. The missing column has another cause: the caller strips quotes *before*
        splitting. I will write a test that shows both, then use the `csv` module:

        ```python
        import csv

        def split_row(line: str) -> list[str]:
            return next(csv.reader([line], strict=True))
        ```
        """
    ),
    asks("Sounds good. Keep the error message with the line number, people grep for it."),
    uses(
        "edit",
        {"path": "importer/rows.py", "summary": "use csv.reader, keep RowError"},
        """
        --- a/importer/rows.py
        +++ b/importer/rows.py
        @@ -41,11 +41,7 @@
        -def split_row(line: str) -> list[str]:
        -    fields, field, quoted = [], "", False
        -    for char in line:
        -        if char == '"':
        -            quoted = not quoted
        -        elif char == "," and not quoted:
        -            fields.append(field)
        +def split_row(line: str, number: int) -> list[str]:
        +    try:
        +        return next(csv.reader([line], strict=True))
        +    except csv.Error as error:
        +        raise RowError(f"line {number}: {error}") from error
        """,
    ),
    begins("shell", {"command": "pytest -q tests/test_rows.py"}, say="Now the tests."),
)

CART = talk(
    asks(
        "Customers say the cart is empty after they log in. Only sometimes. Where would you look?"
    ),
    says(
        """
        At the place where the guest cart becomes the user's cart. "Sometimes" smells like two tabs
        or a cookie that is written after the redirect. May I read `shop/cart.js`?
        """,
        think="Guest cart key is in a cookie; the merge runs on login. Race between the two?",
    ),
    asks("yes, and the login handler"),
    uses(
        "read_file",
        {"path": "shop/cart.js", "from": 12, "to": 34},
        """
        export async function adoptGuestCart(user, cookies) {
          const guest = await carts.find(cookies.get("guest_cart"));
          if (!guest) return;
          await carts.remove(user.cartId);
          cookies.delete("guest_cart");
          await carts.rename(guest.id, user.cartId);
        }
        """,
    ),
    says(
        """
        There it is: the user's own cart is removed *before* the guest cart takes its place, and an
        empty guest cart counts as one. A visitor who only looked around loses what was in the
        account. Three changes:

        1. do nothing when the guest cart is empty,
        2. merge the lines instead of replacing the cart,
        3. delete the cookie last, when the merge is stored.

        ```js
        export async function adoptGuestCart(user, cookies) {
          const guest = await carts.find(cookies.get("guest_cart"));
          if (!guest?.lines.length) return;
          await carts.merge({ from: guest.id, into: user.cartId });
          cookies.delete("guest_cart");
        }
        ```
        """
    ),
    asks("What about the same item in both?"),
    says(
        """
        Add the quantities, but never above the stock. A line in the mail to support is worth it:
        people notice when two become four.
        """
    ),
    asks("Great, open a branch and do it"),
    uses(
        "shell",
        {"command": "git switch -c cart-merge && npm test -- cart"},
        """
        Switched to a new branch 'cart-merge'
        PASS  shop/cart.test.js
          ✓ keeps the user's cart when the guest cart is empty (4 ms)
          ✓ adds quantities of the same item (3 ms)
          ✓ never exceeds the stock (2 ms)
        Tests: 3 passed, 3 total
        """,
    ),
    says("Done on `cart-merge`, three tests, all green. Ready for review."),
)

ROUNDING = talk(
    asks("Invoices are off by one cent for some baskets. Prices are gross, VAT is 7 or 19 %."),
    says(
        """
        Rounding each line and then the sum gives two answers. Decide once where cents are made:

        | basket | per line | on the sum |
        |---|---:|---:|
        | 3 × 0.99 at 7 % | 0.18 | 0.19 |
        | 1 × 4.95 at 19 % | 0.79 | 0.79 |
        | both | 0.97 | 0.98 |

        Most shops round on the sum per rate and print that. Which one do you promise in the terms?
        """
    ),
    asks("On the sum. Please change the invoice and the test."),
    uses(
        "shell",
        {"command": "pytest -q tests/test_invoice.py"},
        """
        F...F
        FAILED test_invoice.py::test_two_rates - Decimal('0.97') != Decimal('0.98')
        FAILED test_invoice.py::test_refund - decimal.InvalidOperation
        2 failed, 3 passed in 0.41s
        """,
        failed=True,
    ),
    says("The refund fails for another reason: a negative total meets `quantize`. I look into it."),
)

BORROW = talk(
    asks(
        """
        rustc says "cannot borrow `self.nodes` as mutable because it is also borrowed as immutable".
        What is the usual way out?

        ```rust
        for child in self.nodes[id].children.iter() {
            self.visit(*child);
        }
        ```
        """
    ),
    says(
        """
        `visit` takes `&mut self`, and the iterator still reads from `self`. Three ways, the first
        is nearly always fine:

        - clone the list of ids (`let children = self.nodes[id].children.clone();`), they are small
        - walk with an index and look the child up again each time
        - take the list out and put it back:

        ```rust
        let children = std::mem::take(&mut self.nodes[id].children);
        for &child in &children {
            self.visit(child);
        }
        self.nodes[id].children = children;
        ```
        """,
        think="They have a tree in an arena. Suggest ids by value; mention mem::take.",
    ),
    asks("`mem::take` it is. Thanks!"),
)

SLOW_QUERY = talk(
    asks("This report takes 40 s. 2 million orders, index on customer_id."),
    uses(
        "sql",
        {"query": "EXPLAIN QUERY PLAN SELECT ... FROM orders WHERE date(paid_at) = '2026-02-14'"},
        """
        SCAN orders
        USE TEMP B-TREE FOR GROUP BY
        """,
    ),
    says(
        """
        `date(paid_at)` hides the column from every index. Ask for a range instead:

        ```sql
        CREATE INDEX orders_paid_at ON orders (paid_at, customer_id);

        SELECT customer_id, sum(total)
        FROM orders
        WHERE paid_at >= '2026-02-14' AND paid_at < '2026-02-15'
        GROUP BY customer_id;
        ```
        """
    ),
    asks("0.2 s. I feel silly."),
    says("Everyone has written that once. Shall I look for the same pattern elsewhere?"),
    asks("please"),
    uses(
        "shell",
        {"command": "rg -n 'date\\(' --glob '*.sql' reports | wc -l"},
        "7",
    ),
    says("Seven more. I have put them into a list, slowest first, with the rewritten condition."),
)

BACKUP = talk(
    asks("Write me a backup script for the photo folder. It should not copy twice."),
    says(
        """
        ```bash
        #!/usr/bin/env bash
        set -euo pipefail
        source=${1:?folder to back up}
        target=${2:?where to}
        stamp=$(date +%Y-%m-%d)
        rsync --archive --hard-links --link-dest="$target/latest" "$source/" "$target/$stamp/"
        ln --symbolic --force --no-dereference "$stamp" "$target/latest"
        ```

        Files that did not change become hard links into the last backup: each day looks complete
        and costs only what is new.
        """
    ),
    asks("try it on ~/Pictures"),
    uses(
        "shell",
        {"command": "./backup.sh ~/Pictures /mnt/vault"},
        """
        rsync: [Receiver] mkdir "/mnt/vault/2026-03-01" failed: No space left on device (28)
        rsync error: error in file IO (code 11) at main.c(791)
        """,
        failed=True,
    ),
    says("The vault is full: 3.2 GB free, 41 GB needed. `latest` was not touched."),
    asks("Ok, I will buy a disk."),
)
