<html>
<body class="main">
<?php if ($user): ?>
  <p><?= greet($user->name) ?></p>
<?php elseif ($guest): ?>
  <script>var hidden = 1;</script>
<?php endif; ?>
<?php function footer() { ?>
  <hr>
<?php } ?>
</body>
